/// Decides who of the members met is alive, from what connections, dials and other members say. No clock, no I/O, no
/// randomness.
///
/// Each sign of life counts; only two things end a life. A connection that was reset and a port that then refused, seen
/// by two members, prove that the process is gone. Silence that nobody else can break makes it count as down, too, but
/// proves nothing. An incarnation that was down stays so.
struct FailureDetector: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What is believed of a member from now on.
    enum Verdict: Equatable, Sendable {
        /// A connection stands for the first time.
        case reached(MemberID)
        /// No dial has come through, and nobody else is known to reach it.
        case unreached(MemberID)
        case suspect(MemberID)
        /// It was suspected or unreached; `indirectly`: others reach it, this member does not.
        case alive(MemberID, indirectly: Bool)
        case down(MemberID, DownProof)
        case left(MemberID)
    }

    enum Directive: Equatable, Sendable {
        case report(Verdict)
        case ping(MemberID)
        /// Ask these whether they reach it.
        case probe(MemberID, number: UInt64, via: [MemberID])
        /// Tell `asker` that it is reached.
        case acknowledge(MemberID, number: UInt64, asker: MemberID)
        /// Tell these that it was reset and refused.
        case testify(MemberID, to: [MemberID])
        /// Close its connection and tell it that it is down.
        case cut(MemberID)
    }

    /// A question of another member, open until the target is heard.
    struct Request: Sendable {
        var asker: MemberID
        var target: MemberID
        var number: UInt64
        var at: Instant
    }

    static let maximumRequests = 256
    static let maximumWitnesses = 16

    private(set) var me: MemberID
    let configuration: FailureDetectorConfiguration
    let maximumPeers: Int
    var peers = MonitoredPeers()
    var tombstones: Tombstones
    var health = LocalHealth()
    var requests: [Request] = []
    var lastTick: Instant?
    var lastProbe: UInt64 = 0

    init(me: MemberID, configuration: FailureDetectorConfiguration = .init(), maximumPeers: Int = 1024) {
        self.me = me
        self.configuration = configuration.clamped()
        self.maximumPeers = max(1, maximumPeers)
        tombstones = Tombstones(
            lifetime: self.configuration.tombstoneLifetime, maximum: self.configuration.maximumTombstones)
    }

    /// After how long without a sign of life a member is suspected now.
    var patience: Duration { configuration.silence * health.patience }

    func standing(of id: MemberID) -> MonitoredPeer.Standing? { peers[id]?.standing }

    /// Whether it is watched, or was until its life ended. A client never is.
    func knows(_ id: MemberID) -> Bool { peers[id] != nil || tombstones[id] != nil }

    /// Why a connection of that incarnation is not taken; nil: it may be.
    func refusal(of id: MemberID) -> HandshakeReject? {
        switch tombstones[id]?.reason {
        case nil: nil
        // Another process has its name or it is going: there is nothing to be told to it.
        case .left, .down(.replaced): .stale
        case .down(.refused), .down(.silence): .fenced
        }
    }

    /// The members that should be known. Others are forgotten unless they were met: the registry adds, it does not
    /// remove.
    mutating func want(_ ids: [MemberID], now: Instant) -> [Directive] {
        var directives: [Directive] = []
        let wanted = Set(ids)
        for peer in peers.all where !wanted.contains(peer.id) {
            if peer.standing == .unreached, !peer.isConnected { peers.remove(peer.id.name) }
            if let place = peers.place(of: peer.id) { peers.update(at: place) { $0.isWanted = false } }
        }
        for id in ids where id.name != me.name && tombstones[id] == nil {
            if let known = peers[id.name], known.id != id {
                // What is connected has proved itself; a list has not.
                guard known.id.incarnation < id.incarnation, !known.isConnected else { continue }
                directives += replace(known, now)
            }
            if peers[id.name] == nil {
                guard peers.count < maximumPeers else { continue }
                peers.put(MonitoredPeer(id: id, now: now))
            }
            if let place = peers.place(of: id) { peers.update(at: place) { $0.isWanted = true } }
        }
        return directives
    }

    /// Those of `ids` that should be dialled. Incarnations that are down are not, but for one case: after a split both
    /// sides count the other as down, and somebody has to be told. The smaller side asks, so that the larger one keeps
    /// its incarnations.
    func dialable(_ ids: [MemberID], now: Instant) -> Set<MemberID> {
        let silent = ids.filter { tombstones[$0]?.reason == .down(.silence) }
        let yields = silent.isEmpty ? false : isSmallerSide(than: silent)
        return Set(
            ids.filter { id in
                guard let stone = tombstones[id] else { return true }
                guard stone.reason == .down(.silence) else { return false }
                return yields || now - stone.since >= Self.splitPatience
            })
    }

    /// After this the larger side asks too: the smaller may not be able to.
    static let splitPatience: Duration = .seconds(60)

    private func isSmallerSide(than gone: [MemberID]) -> Bool {
        let here =
            [me]
            + peers.all.filter { peer in
                switch peer.standing {
                case .up, .indirect: true
                case .unreached, .suspect: false
                }
            }.map(\.id)
        if here.count != gone.count { return here.count < gone.count }
        guard let mine = here.min(), let theirs = gone.min() else { return false }
        return mine > theirs
    }

    /// This process goes on as another incarnation, because somebody counted the last one as down. Its connections are
    /// closed. Whom it counted as down for silence it counts no more: the silence was its own.
    mutating func rejoin(as id: MemberID, now: Instant) {
        me = id
        tombstones.forgetSilent()
        requests = []
        let old = peers
        peers = MonitoredPeers()
        for peer in old.all {
            var fresh = MonitoredPeer(id: peer.id, now: now)
            fresh.isWanted = peer.isWanted
            peers.put(fresh)
        }
    }

    mutating func replace(_ peer: MonitoredPeer, _ now: Instant) -> [Directive] {
        peers.remove(peer.id.name)
        guard peer.wasReached else { return [] }
        tombstones.add(peer.id, .down(.replaced), now: now)
        return [.report(.down(peer.id, .replaced)), .cut(peer.id)]
    }

    mutating func declareDown(_ id: MemberID, _ proof: DownProof, _ now: Instant) -> [Directive] {
        peers.remove(id.name)
        tombstones.add(id, .down(proof), now: now)
        return [.report(.down(id, proof)), .cut(id)]
    }
}
