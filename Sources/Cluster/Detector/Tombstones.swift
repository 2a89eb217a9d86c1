/// The incarnations that ended, remembered for a while and bounded: what was told of their end cannot be taken back.
struct Tombstones: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Reason: Sendable, Equatable {
        case down(DownProof)
        case left
    }

    struct Stone: Sendable {
        var reason: Reason
        var since: Instant
    }

    private var stones: [MemberID: Stone] = [:]
    /// In order of age; may name some that were removed since.
    private var order: [MemberID] = []
    private let lifetime: Duration
    private let maximum: Int

    init(lifetime: Duration, maximum: Int) {
        self.lifetime = lifetime
        self.maximum = maximum
    }

    subscript(id: MemberID) -> Stone? { stones[id] }

    var count: Int { stones.count }

    mutating func add(_ id: MemberID, _ reason: Reason, now: Instant) {
        if stones[id] != nil {
            stones[id]?.reason = reason
            return
        }
        stones[id] = Stone(reason: reason, since: now)
        order.append(id)
        if stones.count > maximum { purge(now: now, leaving: maximum - maximum / 4) }
        // Removals leave names behind in `order`.
        if order.count > maximum * 2 { order.removeAll { stones[$0] == nil } }
    }

    mutating func purge(now: Instant) {
        guard let first = order.first, stones[first].map({ now - $0.since >= lifetime }) ?? true else { return }
        purge(now: now, leaving: maximum)
    }

    /// Forgets those who were only silent: whoever says so was silent itself.
    mutating func forgetSilent() {
        stones = stones.filter { $0.value.reason != .down(.silence) }
        order.removeAll { stones[$0] == nil }
    }

    private mutating func purge(now: Instant, leaving limit: Int) {
        var surplus = max(0, stones.count - limit)
        order.removeAll { id in
            guard let stone = stones[id] else { return true }
            guard surplus > 0 || now - stone.since >= lifetime else { return false }
            stones[id] = nil
            surplus = max(0, surplus - 1)
            return true
        }
    }
}
