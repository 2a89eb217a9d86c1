public import Testing

/// Waits until the condition holds, for what tells nobody when it happens; records an issue after ten seconds.
///
/// Where an event can be awaited, await the event instead.
public func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within ten seconds: \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(3))
    }
}
