import RoostJobs

/// Follows a job to its end by asking for it, slower the longer it takes.
struct JobWatch: Sendable {
    let api: APIClient
    let id: String
    let limit: Duration
    let json: Bool

    /// Calls `change` with each new status; prints the job at its end. Throws `.failed` for a job that failed or was
    /// cancelled and `.tryAgain` when the time is over.
    func run(_ change: (String) -> Void) async throws {
        let deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(20)
        var last = ""
        while true {
            let reply = try await api.get("/jobs/\(id)").checked()
            guard let job = reply.object, let status = job["status"]?.string else {
                throw Failure(.software, "unexpected reply")
            }
            if status != last { change(status) }
            last = status
            if let state = JobState(rawValue: status), state.isFinal {
                Console.print(json ? String(decoding: reply.body, as: UTF8.self) : JobText.lines(job))
                if state != .done { throw Failure(.failed, "job \(id) \(status)") }
                return
            }
            guard ContinuousClock.now < deadline else {
                throw Failure(.tryAgain, "job \(id) is still \(status)")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}
