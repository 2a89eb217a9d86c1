public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func cancel(_ id: JobID, reason: String) async throws(StoreError) -> Cancellation {
        let reply = try await evaluate(CancelScript.script) { command in
            command.append(id.description)
            command.append(ErrorText.cut(reason))
        }
        let words = (reply.elements ?? []).compactMap(\.text)
        switch (words.first, words.last) {
        case ("c", _): return .cancelled
        case ("r", let worker?): return .requested(worker: worker)
        case ("e", let letter?): return JobState(letter: letter).map { .ended($0) } ?? .unknown
        case ("u", _): throw Self.unreadable("cancel")
        default: return .unknown
        }
    }

    public func replay(_ id: JobID) async throws(StoreError) -> Replay {
        switch try await evaluate(ReplayScript.script, { $0.append(id.description) }).text {
        case "q": return .queued
        // Queued already, in contrast to now.
        case "Q": return .refused(.queued)
        case "u": throw Self.unreadable("replay")
        case let letter?: return JobState(letter: letter).map { .refused($0) } ?? .unknown
        case nil: return .unknown
        }
    }

    public func delete(_ id: JobID) async throws(StoreError) -> Deletion {
        switch try await evaluate(DeleteScript.script, { $0.append(id.description) }).int {
        case 1: .deleted
        case 0: .running
        case -2: throw Self.unreadable("delete")
        default: .unknown
        }
    }

    private static func unreadable(_ script: String) -> StoreError {
        StoreError(.corrupt, "\(script): a record of an unknown format")
    }

    public func bury(_ job: NewJob, error: String) async throws(StoreError) {
        try StoreRequest.check([job])
        _ = try await evaluate(BuryScript.script) { command in
            command.append(ErrorText.cut(error))
            command.append(job)
        }
    }

    public func cancellations() -> AsyncStream<JobID> { wishes.stream() }
}
