/// A loop that should run for ever: whatever ends it, other than cancellation, is a fault to recover from.
public struct Duty: Sendable {
    /// What logs and consoles call it; unique within a supervisor.
    public let name: String
    /// Where it runs; nil: the global concurrent executor.
    public let executor: (any TaskExecutor)?
    /// The loop. Ends by throwing, or soon after its task was cancelled.
    public let run: @Sendable () async throws -> Void

    /// A duty; `executor` is the preferred executor of its task and of its child tasks.
    public init(
        name: String, executor: (any TaskExecutor)? = nil, run: @escaping @Sendable () async throws -> Void
    ) {
        self.name = name
        self.executor = executor
        self.run = run
    }
}
