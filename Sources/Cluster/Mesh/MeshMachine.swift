/// Decides whom to dial and which connection to keep. No clock, no I/O, no randomness.
///
/// Of two connections between the same two members, the one whose initiator has the smaller identity stays; both
/// sides decide alike without asking. Redials go on for as long as a member is wanted.
struct MeshMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Directive: Equatable, Sendable {
        case dial(Member)
        /// Call `retryDue` then.
        case retry(MemberName, after: Duration)
    }

    enum Admission: Equatable, Sendable {
        /// Keep it, and close the one it replaces.
        case accept(replacing: UInt64?)
        case reject(HandshakeReject)
    }

    private enum Dial: Equatable, Sendable {
        case idle
        case dialing
        case waiting
    }

    private struct Link: Sendable {
        var connection: UInt64
        var peer: MemberID
        var initiator: MemberID
        var since: Instant
    }

    private struct Peer: Sendable {
        var target: Member?
        var dial = Dial.idle
        var failures = 0
        var link: Link?
    }

    private(set) var me: MemberID
    let configuration: MeshConfiguration
    private var peers: [MemberName: Peer] = [:]

    init(me: MemberID, configuration: MeshConfiguration) {
        self.me = me
        self.configuration = configuration
    }

    /// The connection to a member, if one stands.
    func connection(to name: MemberName) -> (number: UInt64, peer: MemberID)? {
        peers[name]?.link.map { ($0.connection, $0.peer) }
    }

    /// The members that should be connected. Others are not dialled any more; what stands stays.
    mutating func want(_ members: [Member]) -> [Directive] {
        let wanted = Dictionary(members.map { ($0.name, $0) }) { first, _ in first }
        for name in peers.keys where wanted[name] == nil {
            peers[name]?.target = nil
            if peers[name]?.link == nil, peers[name]?.dial != .dialing { peers[name] = nil }
        }
        var directives: [Directive] = []
        for (name, member) in wanted where name != me.name {
            var peer = peers[name] ?? Peer()
            if peer.target?.id != member.id { peer.failures = 0 }
            peer.target = member
            let isLinked = peer.link.map { $0.peer.incarnation >= member.incarnation } ?? false
            if !isLinked, peer.dial == .idle {
                peer.dial = .dialing
                directives.append(.dial(member))
            }
            peers[name] = peer
        }
        return directives
    }

    /// A dial ended without a connection. `luck` is in 0...1.
    mutating func dialFailed(_ name: MemberName, luck: Double) -> [Directive] {
        guard peers[name]?.dial == .dialing else { return [] }
        peers[name]?.dial = .idle
        peers[name]?.failures += 1
        return redial(name, luck)
    }

    /// The wait of a `retry` is over.
    mutating func retryDue(_ name: MemberName) -> [Directive] {
        guard let peer = peers[name], peer.dial == .waiting else { return [] }
        guard let target = peer.target, !isLinked(peer, target) else {
            peers[name]?.dial = .idle
            return []
        }
        peers[name]?.dial = .dialing
        return [.dial(target)]
    }

    /// Both sides are proved. On the initiator's side this is the end of the dial.
    mutating func admit(
        _ id: MemberID, connection: UInt64, initiatedByMe: Bool, now: Instant
    ) -> Admission {
        guard id.name != me.name else { return .reject(id == me ? .itself : .stale) }
        var peer = peers[id.name] ?? Peer()
        let link = Link(connection: connection, peer: id, initiator: initiatedByMe ? me : id, since: now)
        if let old = peer.link {
            if id.incarnation < old.peer.incarnation { return .reject(.stale) }
            if id == old.peer, link.initiator != old.initiator, old.initiator < link.initiator {
                return .reject(.duplicate)
            }
        } else {
            if peers.values.lazy.filter({ $0.link != nil }).count >= configuration.maximumPeers {
                return .reject(.busy)
            }
            // My own dial is under way and would win. After it failed once it may never succeed: take what comes.
            if !initiatedByMe, peer.dial == .dialing, peer.failures == 0, me < id { return .reject(.duplicate) }
        }
        let replaced = peer.link?.connection
        peer.link = link
        if initiatedByMe { peer.dial = .idle }
        peers[id.name] = peer
        return .accept(replacing: replaced)
    }

    /// A connection ended. Returns whose it was if it was the one in use.
    mutating func closed(_ connection: UInt64, now: Instant, luck: Double) -> (lost: MemberID?, [Directive]) {
        guard let (name, peer) = peers.first(where: { $0.value.link?.connection == connection }), let link = peer.link
        else { return (nil, []) }
        peers[name]?.link = nil
        // One that lasted starts over; one that broke at once counts as a failed dial, or the two would spin.
        let hasLasted = now - link.since >= configuration.redialMaximum
        peers[name]?.failures = hasLasted ? 0 : peer.failures + 1
        if peer.target == nil, peer.dial != .dialing { peers[name] = nil }
        return (link.peer, peer.dial == .idle ? redial(name, luck) : [])
    }

    /// This process goes on as another incarnation: all its connections are being closed.
    mutating func restart(as id: MemberID) {
        me = id
        for name in peers.keys { peers[name]?.link = nil }
    }

    private func isLinked(_ peer: Peer, _ target: Member) -> Bool {
        peer.link.map { $0.peer.incarnation >= target.incarnation } ?? false
    }

    private mutating func redial(_ name: MemberName, _ luck: Double) -> [Directive] {
        guard let peer = peers[name], let target = peer.target, !isLinked(peer, target) else {
            if let peer = peers[name], peer.target == nil, peer.link == nil { peers[name] = nil }
            return []
        }
        peers[name]?.dial = .waiting
        guard peer.failures > 0 else { return [.retry(name, after: .zero)] }
        let doubled = configuration.redialMinimum * (1 << min(max(0, peer.failures - 1), 16))
        let ceiling = max(.milliseconds(1), min(doubled, configuration.redialMaximum))
        return [.retry(name, after: ceiling * (0.5 + 0.5 * min(max(0, luck), 1)))]
    }
}
