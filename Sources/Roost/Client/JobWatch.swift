import RoostJobs

/// Follows a job to its end, live.
struct JobWatch: Sendable {
    let api: APIClient
    let id: String
    let limit: Duration
    let json: Bool

    /// Calls `tell` with each new status, note and line of log; prints the job at its end. Throws `.failed` for a job that
    /// failed or was cancelled and `.tryAgain` when the time is over.
    func run(_ tell: @escaping @Sendable (String) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await follow(tell) }
            group.addTask { try await Task.sleep(for: limit) }
            defer { group.cancelAll() }
            try await group.next()
        }
        let reply = try await api.get("/jobs/\(id)").checked()
        guard let job = reply.object, let status = job["status"]?.string else {
            throw Failure(.software, "unexpected reply")
        }
        guard JobState(rawValue: status)?.isFinal ?? false else {
            throw Failure(.tryAgain, "job \(id) is still \(status)")
        }
        Console.print(json ? String(decoding: reply.body, as: UTF8.self) : JobText.lines(job))
        if status != JobState.done.rawValue { throw Failure(.failed, "job \(id) \(status)") }
    }

    /// Returns at the job's end. A stream that breaks is taken up again where it was; one that never began is a failure.
    private func follow(_ tell: (String) -> Void) async throws {
        var last: String?
        var status = ""
        while true {
            do throws(Failure) {
                let isOver = try await api.events("/jobs/\(id)/events", after: last) { event in
                    last = event.id ?? last
                    Self.line(event, &status).map(tell)
                    return event.name == "end"
                }
                if isOver { return }
            } catch {
                if last == nil, error.status != .tryAgain { throw error }
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// What to show of an event; nil: nothing.
    private static func line(_ event: EventParser.Event, _ status: inout String) -> String? {
        let data = Array(event.data.utf8)
        guard event.name == "state" || event.name == "log" else {
            return event.name == "progress" ? "progress \(JobText.visible(event.data))" : nil
        }
        guard let object = try? JSONScanner.parseObject(data, maximumDepth: 64) else { return nil }
        if event.name == "log" { return object["text"]?.string.map { "log \(JobText.visible($0))" } }
        guard let now = object["status"]?.string, now != status else { return nil }
        status = now
        return now
    }
}
