/// The members a failure detector watches: by name, in an order that does not depend on hashing, so that a simulation
/// of the same seed takes the same turns.
struct MonitoredPeers: Sendable {
    private(set) var all: [MonitoredPeer] = []
    private var places: [MemberName: Int] = [:]

    var count: Int { all.count }

    subscript(name: MemberName) -> MonitoredPeer? {
        places[name].map { all[$0] }
    }

    /// The peer of that name if it is that incarnation.
    subscript(id: MemberID) -> MonitoredPeer? {
        self[id.name].flatMap { $0.id == id ? $0 : nil }
    }

    /// Where that incarnation is, to change it in place.
    func place(of id: MemberID) -> Int? {
        places[id.name].flatMap { all[$0].id == id ? $0 : nil }
    }

    mutating func update<Result>(at place: Int, _ change: (inout MonitoredPeer) -> Result) -> Result {
        change(&all[place])
    }

    mutating func put(_ peer: MonitoredPeer) {
        if let place = places[peer.id.name] {
            all[place] = peer
        } else {
            places[peer.id.name] = all.count
            all.append(peer)
        }
    }

    mutating func remove(_ name: MemberName) {
        guard let place = places.removeValue(forKey: name) else { return }
        let last = all.removeLast()
        if place < all.count {
            all[place] = last
            places[last.id.name] = place
        }
    }
}

/// What a failure detector knows of one member.
struct MonitoredPeer: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Standing: Sendable, Equatable {
        /// No connection to it has stood yet.
        case unreached
        case up
        /// Its connection broke, or nothing was heard of it.
        case suspect(since: Instant)
        /// Others reach it.
        case indirect(since: Instant)
    }

    let id: MemberID
    var standing = Standing.unreached
    /// A connection stands.
    var isConnected = false
    /// A connection has stood: it has a life here that can end.
    var wasReached = false
    /// The registry, or whoever says whom to know, names it.
    var isWanted = false
    /// A dial failed since it was last connected; told once.
    var hasFailed = false
    /// The last frame of its own.
    var heard: Instant
    /// The last time somebody else reached it.
    var vouched: Instant?
    /// Its suspicion is one of silence rather than of a broken connection.
    var isSilent = false
    /// Its connection ended without a goodbye…
    var isReset = false
    /// …and its port refused since.
    var isRefused = false
    /// Who else saw both, and when it was told.
    var witnesses: [MemberID: Instant] = [:]
    /// The last question about it, and when it was asked.
    var probe: (number: UInt64, at: Instant)?

    init(id: MemberID, now: Instant) {
        self.id = id
        heard = now
    }

    /// The last sign of life, whoever saw it.
    var lastSign: Instant { max(heard, vouched ?? heard) }
}
