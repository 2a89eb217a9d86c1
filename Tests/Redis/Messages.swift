import RoostRedis
import Synchronization

/// What a subscription received.
final class Messages: Sendable {
    private let state = Mutex((subscriptions: 0, payloads: [[UInt8]]()))

    var subscriptions: Int { state.withLock { $0.subscriptions } }
    var count: Int { state.withLock { $0.payloads.count } }

    /// Subscribes, and again whenever that ends, until it is cancelled; its caller does that and awaits it.
    func listen(to channel: String, of client: RedisClient) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                try? await client.subscribe(to: [channel], onSubscribed: subscribed) { _, payload in
                    self.state.withLock { $0.payloads.append(payload) }
                }
            }
        }
    }

    private func subscribed() { state.withLock { $0.subscriptions += 1 } }
}
