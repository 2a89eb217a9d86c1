import FoundationEssentials
import RoostCluster
import RoostJobs

/// Jobs and queues, straight from the store.
extension Shell {
    func queues() async throws {
        let states: [JobState] = [.scheduled, .queued, .running, .done, .failed, .cancelled]
        let queues = try await store.queues()
        let counts = try await store.counts().queues
        let names = Set(queues.map(\.name)).union(counts.keys).sorted()
        if names.isEmpty { return say("no queues yet") }
        let paused = Set(queues.filter(\.settings.isPaused).map(\.name))
        let rows = names.map { name in
            [name] + states.map { "\(counts[name]?[$0] ?? 0)" } + [paused.contains(name) ? "paused" : ""]
        }
        say(NodeTable.align([["QUEUE"] + states.map { $0.rawValue.uppercased() } + [""]] + rows))
    }

    func jobs(_ state: String?) async throws {
        let wanted = state.flatMap { JobState(rawValue: $0) }
        if let state, wanted == nil { throw Failure(.usage, "\(state) is no state of a job") }
        let page = try await store.list(JobQuery(state: wanted, limit: 20))
        if page.jobs.isEmpty { return say("no jobs") }
        say(
            NodeTable.align(
                page.jobs.map { job in
                    [
                        job.id.description, job.state.rawValue, job.type, "\(job.attempt)/\(job.maxAttempts)",
                        job.insertedAt.rfc3339,
                    ]
                }))
    }

    func job(_ text: String) async throws {
        guard let job = try await store.job(try id(text)) else { throw Failure(.notFound, "no such job") }
        say(
            """
            type     \(job.type)
            queue    \(job.queue)
            state    \(job.state)
            attempt  \(job.attempt) of \(job.maxAttempts)
            worker   \(job.worker ?? "-")
            payload  \(ShellText.text(job.payload))
            result   \(job.result.map(ShellText.text) ?? "-")
            error    \(job.error ?? "-")
            """)
    }

    func enqueue(_ type: String, _ payload: [UInt8]) async throws {
        let payload = payload.isEmpty ? Array("{}".utf8) : payload
        do throws(JSONFault) {
            try JSONScanner.validate(payload)
        } catch {
            throw Failure(.badInput, "not JSON: \(error)")
        }
        guard JobName.isValid(type) else { throw Failure(.badInput, "\(type): no name for a type") }
        guard let id = try await store.enqueue([NewJob(type: type, payload: payload)]).first?.id else {
            throw Failure(.tryAgain, "its queue is full")
        }
        say(id.description)
    }

    func cancel(_ text: String) async throws {
        switch try await store.cancel(try id(text), reason: "cancelled by \(station.me.name)") {
        case .cancelled: say("cancelled")
        case .requested(let worker): say("\(worker) is told")
        case .ended(let state): say("it had ended before: \(state)")
        case .unknown: throw Failure(.notFound, "no such job")
        }
    }

    private func id(_ text: String) throws(Failure) -> JobID {
        guard let id = JobID(text) else { throw Failure(.usage, "\(text) is no job id") }
        return id
    }
}
