public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func details(_ id: JobID) async throws(StoreError) -> JobDetails? {
        try checkOpen()
        guard let found = try await looks.submit(id).get() else { return nil }
        // Few have any: who asks for such a job makes one round trip more, and nobody else waits for it.
        guard found.details.job.hasParents else { return found.details }
        var details = found.details
        details.parents = try await link.parents(of: id)
        return details
    }

    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        let answer = WaitAnswer(try await evaluate(WaitScript.script) { $0.append(id.description) })
        return answer.reasons(workers: answer.isQueued ? try await workers() : [])
    }
}

extension StoreLink {
    /// What a look at a job found, its parents aside: in one place, for a copy of all that is known of a job costs more than
    /// to find its place.
    final class Found: Sendable {
        let details: JobDetails

        init(_ details: JobDetails) { self.details = details }
    }

    typealias Look = Result<Found?, StoreError>

    /// A look at each; an id asked for by several callers is looked at once. A record that cannot be read fails its own
    /// callers alone.
    func details(_ ids: [JobID]) async throws(StoreError) -> [Look] {
        let unique = Array(Set(ids))
        let reply = try await evaluate(DetailsScript.script) { command in
            for id in unique { command.append(id.description) }
        }
        guard let elements = reply.elements, elements.count >= unique.count else {
            throw StoreError(.corrupt, "details: unexpected reply")
        }
        let notices = elements.count > unique.count ? elements[unique.count].elements ?? [] : []
        let workers =
            notices.count < DetailsScript.most
            // Whose notice it is matters to nobody here.
            ? notices.compactMap { $0.text.flatMap { WorkerNoticeText.parse($0, worker: "") } } : try await workers()
        var found: [JobID: Look] = [:]
        for (id, element) in zip(unique, elements) {
            guard let parts = element.elements, let answer = parts.last.map(WaitAnswer.init) else { continue }
            found[id] = Self.look(id, parts, answer.reasons(workers: workers))
        }
        return ids.map { found[$0] ?? .success(nil) }
    }

    private static func look(_ id: JobID, _ parts: [RedisValue], _ waiting: [WaitReason]) -> Look {
        guard parts.count == 9, let blob = parts[0].bytes, let state = parts[1].bytes,
            let job = RedisRecord.parse(
                id: id, blob: blob, state: state, result: parts[2].bytes, error: parts[3].text)
        else { return .failure(StoreError(.corrupt, "details: a record of an unknown format")) }
        let notes = NoteText.notes(progress: parts[4], log: parts[5], wish: parts[6], failures: parts[7])
        return .success(Found(JobDetails(job, notes: notes, parents: [], waiting: waiting)))
    }
}
