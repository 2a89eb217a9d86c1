public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func details(_ id: JobID) async throws(StoreError) -> JobDetails? {
        try checkOpen()
        return try await looks.submit(id)
    }

    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        let answer = WaitAnswer(try await evaluate(WaitScript.script) { $0.append(id.description) })
        return answer.reasons(workers: answer.isQueued ? try await workers() : [])
    }

}

extension StoreLink {
    /// Details of each; an id asked for by several callers is looked at once.
    func details(_ ids: [JobID]) async throws(StoreError) -> [JobDetails?] {
        let unique = Array(Set(ids))
        let reply = try await evaluate(DetailsScript.script) { command in
            for id in unique { command.append(id.description) }
        }
        guard let elements = reply.elements, elements.count == unique.count else {
            throw StoreError(.corrupt, "details: unexpected reply")
        }
        let answers = elements.map { $0.elements.flatMap { $0.last.map(WaitAnswer.init) } }
        let workers = answers.contains { $0?.isQueued ?? false } ? try await workers() : []
        var found: [JobID: JobDetails] = [:]
        for (id, (element, answer)) in zip(unique, zip(elements, answers)) {
            guard let parts = element.elements, let answer else { continue }
            found[id] = try await details(id, parts, answer.reasons(workers: workers))
        }
        return ids.map { found[$0] }
    }

    private func details(
        _ id: JobID, _ parts: [RedisValue], _ waiting: [WaitReason]
    ) async throws(StoreError) -> JobDetails {
        guard parts.count == 9, let blob = parts[0].bytes, let state = parts[1].bytes,
            let job = RedisRecord.parse(
                id: id, blob: blob, state: state, result: parts[2].bytes, error: parts[3].text)
        else { throw StoreError(.corrupt, "details: a record of an unknown format") }
        let notes = JobNotes(
            progress: parts[4].bytes, log: NoteText.log(parts[5].bytes ?? [], limit: JobLimits.logBytes),
            failures: (parts[7].elements ?? []).compactMap { $0.bytes.flatMap(NoteText.failure) },
            cancelReason: parts[6].text)
        let parents = job.hasParents ? try await parents(of: id) : []
        return JobDetails(job, notes: notes, parents: parents, waiting: waiting)
    }
}
