import NIOCore

extension RedisClient {
    /// Subscribes on a connection of its own, on the event loop of the client's other connection, and runs until the
    /// calling task is cancelled, which returns, or the connection breaks, which throws; call again to subscribe again.
    /// The connection is asked for a sign of life every ``RedisConfiguration/subscriptionPingInterval``.
    ///
    /// Both closures run on an event loop and must not block. Messages sent while there is no subscription are lost:
    /// that is how Redis' publish and subscribe works.
    /// - Parameters:
    ///   - channels: the channels' names; at least one.
    ///   - onSubscribed: called once, when the server has confirmed every channel.
    ///   - onMessage: called for each message.
    /// - Throws: ``RedisError``.
    public func subscribe(
        to channels: [String], onSubscribed: @escaping @Sendable () -> Void,
        onMessage: @escaping @Sendable (_ channel: String, _ payload: [UInt8]) -> Void
    ) async throws(RedisError) {
        let subscription = RedisSubscription(
            machine: try RedisSubscriptionMachine(configuration, channels: channels), eventLoop: eventLoop,
            onSubscribed: onSubscribed, onMessage: onMessage)
        let key = try subscriptions.insert(subscription)
        defer { subscriptions.remove(key) }
        try await subscription.run(transport, configuration).get()
    }
}
