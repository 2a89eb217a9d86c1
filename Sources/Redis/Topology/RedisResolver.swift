import Logging
import NIOCore
import Synchronization

/// Finds the server a client works with among sentinels or the nodes of a cluster: performs what the
/// ``RedisResolverMachine`` directs, and ends connections to a server that no longer is the one.
final class RedisResolver: Sendable {
    typealias Machine = RedisResolverMachine<EventLoopPromise<RedisEndpoint>>

    /// A connection that was made to a resolved server.
    private struct Follower {
        let channel: any Channel
        let endpoint: RedisEndpoint
        let leavesWhenSettled: Bool
    }

    private struct State {
        var machine: Machine
        var inquiries: [Int: RedisInquiry] = [:]
        var timer: Scheduled<Void>?
        var followers: [ObjectIdentifier: Follower] = [:]
        var watch: Task<Void, Never>?
        var isShutDown = false
    }

    let configuration: RedisConfiguration
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger
    private let state: Mutex<State>

    init(_ configuration: RedisConfiguration, _ group: any EventLoopGroup, logger: Logger) {
        self.configuration = configuration
        eventLoopGroup = group
        self.logger = logger
        state = Mutex(State(machine: Machine(configuration)))
    }

    deinit {
        let (watch, directives) = state.withLock { ($0.watch, $0.machine.shutDown()) }
        watch?.cancel()
        // A promise must be kept, also when nobody is left to hear of it.
        for (promise, result) in directives.answers { promise.completeWith(result.mapError { $0 as any Error }) }
    }

    /// Whom to ask, the first one first.
    var known: [RedisEndpoint] { state.withLock { $0.machine.known } }

    /// Where the server is now. Fails with ``RedisError`` when nobody can say.
    func resolve(on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint> {
        let promise = eventLoop.makePromise(of: RedisEndpoint.self)
        watch()
        perform { $0.resolve(promise, now: .now()) }
        return promise.futureResult
    }

    /// A connection was made to a server that was resolved; it is told when it is to leave.
    func follow(_ channel: any Channel, to endpoint: RedisEndpoint, leavesWhenSettled: Bool) {
        let key = ObjectIdentifier(channel)
        let isReplaced = state.withLock { state in
            state.followers[key] = Follower(
                channel: channel, endpoint: endpoint, leavesWhenSettled: leavesWhenSettled)
            return state.machine.isReplaced(endpoint, now: .now())
        }
        channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { state in state.followers[key] = nil }
        }
        if isReplaced { channel.pipeline.fireUserInboundEventTriggered(RedisDismissal(former: endpoint)) }
    }

    /// A node said who owns the slot.
    func redirected(to endpoint: RedisEndpoint) { perform { $0.redirected(to: endpoint, now: .now()) } }

    /// A sentinel announced another master.
    func announced(from: RedisEndpoint, to: RedisEndpoint) {
        logger.notice("redis: another master", metadata: ["from": "\(from)", "to": "\(to)"])
        perform { $0.announced(from: from, to: to, now: .now()) }
    }

    /// Ends every connection to a server other than the one that is found now: what was announced while nobody listened
    /// is missed.
    func synchronize() {
        let found = resolve(on: eventLoopGroup.next())
        found.whenSuccess { [weak self] endpoint in self?.dismiss { $0.endpoint != endpoint } }
    }

    /// Fails who waits and ends the watch.
    func shutDown() async {
        let (watch, timer) = state.withLock { state in
            state.isShutDown = true
            defer { (state.watch, state.timer) = (nil, nil) }
            return (state.watch, state.timer)
        }
        perform { $0.shutDown() }
        timer?.cancel()
        watch?.cancel()
        await watch?.value
    }

    private func watch() {
        guard case .sentinel(let master) = configuration.topology else { return }
        state.withLock { state in
            guard state.watch == nil, !state.isShutDown else { return }
            let watch = RedisSentinelWatch(
                resolver: self, configuration: configuration, master: master, eventLoopGroup, logger)
            // Ended by shutDown, which awaits it, or with this object, which it does not keep.
            state.watch = Task { await watch.run() }
        }
    }

    // MARK: Directives

    private func perform(_ input: (inout Machine) -> Machine.Directives) {
        let (directives, abandoned) = state.withLock { state in
            let directives = input(&state.machine)
            return (directives, directives.abandon.compactMap { state.inquiries.removeValue(forKey: $0) })
        }
        for inquiry in abandoned { inquiry.cancel() }
        for (promise, result) in directives.answers { promise.completeWith(result.mapError { $0 as any Error }) }
        for (id, endpoint) in directives.inquire { inquire(id, of: endpoint) }
        if let former = directives.replaced { dismiss { $0.endpoint == former } }
        if let settled = directives.settled { dismiss { $0.leavesWhenSettled && $0.endpoint != settled } }
        if let wakeAt = directives.wakeAt { wake(at: wakeAt) }
    }

    private func inquire(_ id: Int, of endpoint: RedisEndpoint) {
        let asked = configuration.asked(at: endpoint)
        let inquiry = RedisInquiry(configuration.inquiry, asked) { [weak self] answer in
            guard let self else { return }
            state.withLock { state in state.inquiries[id] = nil }
            perform { $0.reported(id, answer, now: .now()) }
        }
        state.withLock { state in state.inquiries[id] = inquiry }
        inquiry.start(RedisTransport(asked), on: eventLoopGroup.next())
    }

    private func dismiss(_ isWrong: (Follower) -> Bool) {
        let wrong = state.withLock { state in state.followers.values.filter(isWrong) }
        for follower in wrong {
            follower.channel.pipeline.fireUserInboundEventTriggered(RedisDismissal(former: follower.endpoint))
        }
    }

    private func wake(at time: NIODeadline) {
        let timer = eventLoopGroup.next().scheduleTask(deadline: time) { [weak self] in
            guard let self else { return }
            perform { $0.tick(now: .now()) }
        }
        let outdated = state.withLock { state in
            if state.isShutDown { return timer as Scheduled<Void>? }
            defer { state.timer = timer }
            return state.timer
        }
        outdated?.cancel()
    }
}

/// Tells a connection's handler that its server is no longer the one.
struct RedisDismissal: Sendable {
    let former: RedisEndpoint
}

extension RedisConfiguration {
    /// What is asked of a sentinel or a node.
    var inquiry: [RedisCommand] {
        switch topology {
        case .server: []
        case .sentinel(let master):
            [
                RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master),
                RedisCommand("SENTINEL", "SENTINELS", master),
            ]
        case .cluster: [RedisCommand("CLUSTER", "SLOTS")]
        }
    }

    /// How a sentinel or a node is asked: one server, and who we are there.
    func asked(at endpoint: RedisEndpoint) -> RedisConfiguration {
        var asked = self
        asked.topology = .server
        (asked.host, asked.port, asked.database) = (endpoint.host, endpoint.port, 0)
        // A list of all slots of a large cluster takes about a megabyte.
        asked.maximumReplyBytes = min(maximumReplyBytes, 8 * 1024 * 1024)
        if case .sentinel = topology { (asked.username, asked.password) = (sentinelUsername, sentinelPassword) }
        return asked
    }
}
