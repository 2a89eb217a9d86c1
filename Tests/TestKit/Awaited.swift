/// Waits until the condition holds, for what the servers themselves take their time to do; throws after half a minute.
func awaited(_ what: String, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw ChildProcess.Failure(description: "not within half a minute: \(what)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
