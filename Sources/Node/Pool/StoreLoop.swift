import Logging
import RoostJobs

/// Repeats a step against the store for ever. An error is the store's trouble, not the loop's: it is logged when the
/// store goes and when it is back, and borne with a growing wait, so that an outage costs no restarts.
struct StoreLoop: Sendable {
    let name: String
    let executor: ThreadExecutor
    let logger: Logger
    /// Short, so that work resumes soon after the store is back.
    private let backoff = RetryPolicy(base: .milliseconds(100), cap: .seconds(2))

    init(_ name: String, executor: ThreadExecutor, logger: Logger) {
        self.name = name
        self.executor = executor
        self.logger = logger
    }

    /// - Throws: `CancellationError`, nothing else.
    func run(_ step: () async throws -> Void) async throws {
        var failures = 0
        while true {
            try Task.checkCancellation()
            do {
                try await step()
                if failures > 0 { logger.notice("store is back", metadata: ["duty": "\(name)"]) }
                failures = 0
            } catch {
                // What a step throws once cancelled tells nothing about the store.
                try Task.checkCancellation()
                if failures == 0 {
                    logger.warning("store failed, trying again", metadata: ["duty": "\(name)", "error": "\(error)"])
                }
                failures = min(failures + 1, 100)
                var generator = SystemRandomNumberGenerator()
                try await executor.sleep(for: backoff.delay(failures: failures, using: &generator))
            }
        }
    }
}
