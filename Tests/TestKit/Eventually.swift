public import Testing

/// Waits until the condition holds, for what tells nobody when it happens; records an issue after a minute.
///
/// The limit is far beyond what a busy machine takes: it ends a test that has failed, it measures nothing.
/// Where an event can be awaited, await the event instead.
public func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            Issue.record("not within a minute: \(what)", sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(3))
    }
}
