public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func details(_ id: JobID) async throws(StoreError) -> JobDetails? {
        try checkOpen()
        var found = try await looks.submit(id).get()
        // Few have any: who asks for such a job makes one round trip more, and nobody else waits for it.
        if found?.job.hasParents ?? false { found?.parents = try await link.parents(of: id) }
        return found
    }

    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        let answer = WaitAnswer(try await evaluate(WaitScript.script) { $0.append(id.description) })
        return answer.reasons(workers: answer.isQueued ? try await workers() : [])
    }
}

extension StoreLink {
    /// What a look at a job found, its parents aside.
    typealias Look = Result<JobDetails?, StoreError>

    /// A look at each; an id asked for by several callers is looked at once. A record that cannot be read fails its own
    /// callers alone.
    func details(_ ids: [JobID]) async throws(StoreError) -> [Look] {
        let unique = Array(Set(ids))
        let reply = try await evaluate(DetailsScript.script) { command in
            for id in unique { command.append(id.description) }
        }
        guard let elements = reply.elements, elements.count == unique.count else {
            throw StoreError(.corrupt, "details: unexpected reply")
        }
        let answers = elements.map { $0.elements.flatMap { $0.last.map(WaitAnswer.init) } }
        let workers = answers.contains { $0?.isQueued ?? false } ? try await workers() : []
        var found: [JobID: Look] = [:]
        for (id, (element, answer)) in zip(unique, zip(elements, answers)) {
            guard let parts = element.elements, let answer else { continue }
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
        return .success(JobDetails(job, notes: notes, parents: [], waiting: waiting))
    }
}
