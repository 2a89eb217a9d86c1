/// How a script is sent and its reply awaited, where that is not as usual.
public struct RedisDelivery {
    /// Whether to go on waiting when the task is cancelled; the deadline bounds that too.
    public var outlivesCancel: Bool
    /// Called at each attempt, on the caller's thread, when the command has its place in the queue: what is sent from
    /// there comes right behind it.
    public var onQueued: (() -> Void)?
    /// Called with a reply that is no error on the thread that has it, mostly the event loop, before the caller is
    /// resumed, which may have to wait for a thread. It must be short.
    public var onReply: (@Sendable (RedisValue) -> Void)?

    /// As usual, but for what is said.
    public init(
        outlivesCancel: Bool = false, onQueued: (() -> Void)? = nil, onReply: (@Sendable (RedisValue) -> Void)? = nil
    ) {
        self.outlivesCancel = outlivesCancel
        self.onQueued = onQueued
        self.onReply = onReply
    }
}
