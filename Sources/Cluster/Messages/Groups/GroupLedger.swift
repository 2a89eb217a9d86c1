/// Who is in which group: this member by what it joined, others by what they say. No clock, no I/O.
struct GroupLedger: Sendable {
    private(set) var local: [String: Int] = [:]
    private var remote: [MemberID: Set<String>] = [:]
    /// The most groups of one member.
    let maximum: Int

    init(maximum: Int) {
        self.maximum = max(1, maximum)
    }

    /// True when this member was not in the group before; nil when it is in too many.
    mutating func join(_ group: String) -> Bool? {
        if let count = local[group] {
            local[group] = count + 1
            return false
        }
        guard local.count < maximum else { return nil }
        local[group] = 1
        return true
    }

    /// True when this member is in the group no more.
    mutating func leave(_ group: String) -> Bool {
        guard let count = local[group] else { return false }
        local[group] = count > 1 ? count - 1 : nil
        return count == 1
    }

    /// What a member says of itself; false when it is in too many groups.
    mutating func receive(_ news: GroupNews, from member: MemberID) -> Bool {
        var groups = remote[member] ?? []
        switch news.kind {
        case .all: groups = Set(news.groups)
        case .joined: groups.formUnion(news.groups)
        case .left: groups.subtract(news.groups)
        }
        guard groups.count <= maximum else { return false }
        remote[member] = groups.isEmpty ? nil : groups
        return true
    }

    mutating func memberEnded(_ member: MemberID) {
        remote[member] = nil
    }

    /// The other members of a group, in name order.
    func others(in group: String) -> [MemberID] {
        remote.filter { $0.value.contains(group) }.keys.sorted()
    }

    /// The groups of all members.
    var groups: Set<String> {
        remote.values.reduce(into: Set(local.keys)) { $0.formUnion($1) }
    }
}
