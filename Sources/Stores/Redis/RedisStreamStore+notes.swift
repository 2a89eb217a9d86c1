public import RoostJobs
import RoostRedis

extension RedisStreamStore {
    public func note(
        _ ticket: Claim.Ticket, progress: [UInt8]?, log: [String]
    ) async throws(StoreError) -> Settlement {
        try StoreRequest.check(progress: progress)
        // No more than a log keeps: the oldest would go anyway.
        let lines = log.suffix(Self.logLines).map { NoteText.escaped(LogLine.cut($0)) }
        let reply = try await evaluate(NoteScript.script) { command in
            command.append(ticket.id.description)
            command.append(String(ticket.token))
            command.append(progress.map { Array("=".utf8) + $0 } ?? [])
            // Cut seldom and to more than is shown: a line's head and its escapes are not counted as its text.
            command.append(JobLimits.logBytes * 2)
            command.append(JobLimits.logBytes * 3 / 2)
            for line in lines { command.append(line) }
        }
        return reply.int == 1 ? .settled : .leaseLost
    }

    public func notes(_ id: JobID) async throws(StoreError) -> JobNotes? {
        let reply = try await evaluate(NotesScript.script) { $0.append(id.description) }
        guard let parts = reply.elements, parts.count == 4 else { return nil }
        return NoteText.notes(progress: parts[0], log: parts[1], wish: parts[2], failures: parts[3])
    }

    public func parents(of id: JobID) async throws(StoreError) -> [JobRecord] {
        try checkOpen()
        let parents = try await link.parents(of: id)
        if parents.isEmpty { return [] }
        // Of a job whose time is over nothing is told.
        let child = try await job(id)
        return child == nil ? [] : parents
    }

    /// Lines in one call at most.
    private static var logLines: Int { 4096 }
}

extension StoreLink {
    func parents(of id: JobID) async throws(StoreError) -> [JobRecord] {
        let ids = try await send(RedisCommand("GET", keys.parents + id.description)).text ?? ""
        return try await read(ids.split(separator: " ").map(String.init))
    }
}
