import NIOCore

/// The rules by which a client learns which server is meant: whom to ask, whom to believe, when to give up.
///
/// A pure value: no clock, no socket. Sentinels or nodes are asked two at a time, one more whenever those are slow, and
/// the first that knows is believed. Who answered is asked last the next time: an answer that did not hold is not asked
/// for again while others can be.
struct RedisResolverMachine<Waiter: Sendable>: Sendable {
    typealias Directives = RedisResolverDirectives<Waiter>

    /// How many may wait for an answer at once.
    static var mostWaiters: Int { 256 }
    /// For how long an announced change is believed rather than a sentinel that has not heard of it.
    private let announcementLife = TimeAmount.seconds(10)
    /// For how long a redirection is followed without asking again.
    private let redirectionLife = TimeAmount.seconds(1)

    private let topology: RedisTopology
    private let slot: Int
    private let seeds: [RedisEndpoint]
    private let patience: TimeAmount
    /// Whom to ask, in this order.
    private(set) var known: [RedisEndpoint]
    private var waiters: [Waiter] = []
    private var asked: [Int: RedisEndpoint] = [:]
    private var untried: ArraySlice<RedisEndpoint> = []
    private var nextID = 1
    private var deadline: NIODeadline?
    private var nextMore = NIODeadline.distantFuture
    private var reason = ""
    private var announced: (from: RedisEndpoint, to: RedisEndpoint, until: NIODeadline)?
    private var isShutDown = false
    private var redirection: (to: RedisEndpoint?, until: NIODeadline)?

    init(_ configuration: RedisConfiguration) {
        topology = configuration.topology
        slot = RedisSlot.of(configuration.clusterKey)
        seeds = Array(configuration.seeds.prefix(RedisReplies.mostServers / 2))
        known = seeds
        // Half of what an attempt to connect may take: the other half is for the server itself.
        patience = .nanoseconds(max(configuration.connectTimeout.clampedTimeAmount.nanoseconds / 2, 1_000_000))
    }

    /// Somebody wants to connect.
    mutating func resolve(_ waiter: Waiter, now: NIODeadline) -> Directives {
        var directives = Directives()
        if isShutDown {
            directives.answers = [(waiter, .failure(Self.end))]
        } else if let redirection, let target = redirection.to, now < redirection.until {
            directives.answers = [(waiter, .success(target))]
        } else if waiters.count >= Self.mostWaiters {
            directives.answers = [(waiter, .failure(RedisError(.unavailable, "too many ask for \(subject)")))]
        } else {
            waiters.append(waiter)
            if deadline == nil { begin(now, &directives) }
        }
        return directives
    }

    private mutating func begin(_ now: NIODeadline, _ directives: inout Directives) {
        untried = known[...]
        deadline = now + patience
        reason = "nobody answered in time"
        askMore(now, &directives)
        ask(&directives)
        if asked.isEmpty { fail(&directives) }
    }

    private mutating func askMore(_ now: NIODeadline, _ directives: inout Directives) {
        ask(&directives)
        nextMore = untried.isEmpty ? .distantFuture : now + .nanoseconds(patience.nanoseconds / 4)
        if let deadline { directives.wakeAt = min(deadline, nextMore) }
    }

    private mutating func ask(_ directives: inout Directives) {
        guard let endpoint = untried.popFirst() else { return }
        asked[nextID] = endpoint
        directives.inquire.append((nextID, endpoint))
        nextID += 1
    }

    /// A server answered the commands it was asked, or could not be asked.
    mutating func reported(
        _ id: Int, _ replies: Result<[RedisValue], RedisError>, now: NIODeadline
    ) -> Directives {
        var directives = Directives()
        guard let endpoint = asked.removeValue(forKey: id) else { return directives }
        // To the end of the line, whatever it said.
        known.removeAll { $0 == endpoint }
        known.append(endpoint)
        switch replies {
        case .failure(let error): reason = "\(endpoint): \(error.message)"
        case .success(let replies):
            if let found = read(replies, from: endpoint, now: now) {
                succeed(found, &directives)
                return directives
            }
        }
        ask(&directives)
        if asked.isEmpty { fail(&directives) }
        return directives
    }

    private mutating func read(
        _ replies: [RedisValue], from endpoint: RedisEndpoint, now: NIODeadline
    ) -> RedisEndpoint? {
        for case .error(let error) in replies.prefix(1) {
            reason = "\(endpoint): \(error)"
            return nil
        }
        switch topology {
        case .server: return nil
        case .sentinel(let master):
            guard let found = replies.first.flatMap(RedisReplies.master) else {
                reason = "the sentinel \(endpoint) knows no master \(master)"
                return nil
            }
            if replies.count > 1 { learn(RedisReplies.sentinels(replies[1]), from: endpoint) }
            if let announced, now < announced.until, found == announced.from { return announced.to }
            return found
        case .cluster:
            let (owner, nodes) = RedisReplies.slots(replies.first ?? .null, slot: slot, asked: endpoint)
            guard let owner else {
                reason = "no node owns slot \(slot), says \(endpoint)"
                return nil
            }
            learn(nodes, from: endpoint)
            redirection = nil
            return owner
        }
    }

    /// Remembers who else can be asked, and forgets who is no more; never those it was configured with.
    private mutating func learn(_ servers: [RedisEndpoint], from endpoint: RedisEndpoint) {
        known.removeAll { $0 != endpoint && !servers.contains($0) && !seeds.contains($0) }
        for server in servers where known.count < RedisReplies.mostServers && !known.contains(server) {
            known.insert(server, at: 0)
        }
    }

    private mutating func succeed(_ endpoint: RedisEndpoint, _ directives: inout Directives) {
        directives.settled = endpoint
        finish(.success(endpoint), &directives)
    }

    private mutating func fail(_ directives: inout Directives) {
        finish(.failure(RedisError(.unavailable, "\(subject) is not known: \(reason)")), &directives)
    }

    private mutating func finish(_ result: Result<RedisEndpoint, RedisError>, _ directives: inout Directives) {
        directives.answers += waiters.map { ($0, result) }
        directives.abandon += asked.keys.sorted()
        directives.inquire = []
        waiters = []
        asked = [:]
        untried = []
        deadline = nil
    }

    private var subject: String {
        switch topology {
        case .server: "the server"
        case .sentinel(let master): "the master \(master)"
        case .cluster: "the owner of slot \(slot)"
        }
    }

    /// Time has passed.
    mutating func tick(now: NIODeadline) -> Directives {
        var directives = Directives()
        guard let deadline else { return directives }
        if now >= deadline {
            // Those that hang go to the end of the line.
            let silent = Set(asked.values)
            known = known.filter { !silent.contains($0) } + known.filter { silent.contains($0) }
            fail(&directives)
        } else if now >= nextMore {
            askMore(now, &directives)
        } else {
            directives.wakeAt = min(deadline, nextMore)
        }
        return directives
    }

    /// A sentinel announced that another server is the master now.
    mutating func announced(from: RedisEndpoint, to: RedisEndpoint, now: NIODeadline) -> Directives {
        var directives = Directives()
        announced = (from, to, now + announcementLife)
        directives.settled = to
        directives.replaced = from
        return directives
    }

    /// Whether a sentinel announced a moment ago that this is no longer the master.
    func isReplaced(_ endpoint: RedisEndpoint, now: NIODeadline) -> Bool {
        announced.map { $0.from == endpoint && now < $0.until } ?? false
    }

    /// A node of the cluster said who owns the slot.
    mutating func redirected(to endpoint: RedisEndpoint, now: NIODeadline) -> Directives {
        var directives = Directives()
        if let redirection, now < redirection.until, redirection.to != endpoint {
            // Two nodes that disagree: a third is asked.
            self.redirection = (nil, now + redirectionLife)
        } else {
            redirection = (endpoint, now + redirectionLife)
            directives.settled = endpoint
        }
        return directives
    }

    /// The client was shut down.
    mutating func shutDown() -> Directives {
        var directives = Directives()
        isShutDown = true
        finish(.failure(Self.end), &directives)
        return directives
    }

    private static var end: RedisError { RedisError(.shutDown, "the client was shut down") }
}
