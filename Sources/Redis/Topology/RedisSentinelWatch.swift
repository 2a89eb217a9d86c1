import Logging
import NIOCore
import Synchronization

/// Listens to one sentinel at a time for `+switch-master`, so that a failover is heard of and not looked for.
struct RedisSentinelWatch: Sendable {
    private weak let resolver: RedisResolver?
    private let configuration: RedisConfiguration
    private let master: String
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger

    init(
        resolver: RedisResolver, configuration: RedisConfiguration, master: String, _ group: any EventLoopGroup,
        _ logger: Logger
    ) {
        self.resolver = resolver
        self.configuration = configuration
        self.master = master
        eventLoopGroup = group
        self.logger = logger
    }

    /// Runs until the task is cancelled or the resolver is gone.
    func run() async {
        var turn = Int.random(in: 0..<RedisReplies.mostServers)
        var failures = 0
        while !Task.isCancelled, let known = resolver?.known, !known.isEmpty {
            let sentinel = known[turn % known.count]
            let wasSubscribed = await listen(to: sentinel)
            turn = (turn + 1) % RedisReplies.mostServers
            failures = wasSubscribed ? 0 : min(failures + 1, 5)
            if Task.isCancelled { return }
            logger.debug("redis: a sentinel is gone", metadata: ["sentinel": "\(sentinel)"])
            // Random, so that clients that lost one sentinel do not turn to the next at the same moment.
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1...(100 << failures))))
        }
    }

    /// Returns when the sentinel is lost; whether it had been listened to.
    private func listen(to sentinel: RedisEndpoint) async -> Bool {
        let asked = configuration.asked(at: sentinel)
        guard let machine = try? RedisSubscriptionMachine(asked, channels: ["+switch-master"]) else { return false }
        let subscribed = Subscribed()
        let subscription = RedisSubscription(
            machine: machine, eventLoop: eventLoopGroup.next(),
            onSubscribed: { [weak resolver] in
                subscribed.value.store(true, ordering: .relaxed)
                resolver?.synchronize()
            },
            onMessage: { [weak resolver, master] _, payload in
                guard let (from, to) = RedisReplies.switched(payload, master: master) else { return }
                resolver?.announced(from: from, to: to)
            })
        _ = await subscription.run(RedisTransport(asked), asked)
        return subscribed.value.load(ordering: .relaxed)
    }

    private final class Subscribed: Sendable {
        let value = Atomic(false)
    }
}
