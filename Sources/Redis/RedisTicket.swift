import Synchronization

/// Tells a cancellation handler which request is its own. Zero until the request is in the queue.
final class RedisTicket: Sendable {
    private let value = Atomic<UInt64>(0)

    var id: UInt64 {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }
}
