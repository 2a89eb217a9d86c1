/// What a claim chooses between: jobs of one queue, priority and type, first in, first out. Those with a tenant are
/// apart: tenants take turns.
struct LaneKey: Hashable, Sendable {
    let priority: Int
    let type: String
    let isTenanted: Bool
}

/// A first-in, first-out list with cheap removal at the front.
struct Lane: Sendable {
    private var entries: [(place: UInt64, id: JobID)] = []
    private var head = 0

    var isEmpty: Bool { head == entries.count }

    /// Where the first stands among all jobs that were ever queued.
    var firstPlace: UInt64? { head < entries.count ? entries[head].place : nil }

    /// The first.
    var first: JobID? { head < entries.count ? entries[head].id : nil }

    /// Those that wait, first come first.
    var ids: some Sequence<JobID> { entries[head...].lazy.map(\.id) }

    mutating func append(_ id: JobID, place: UInt64) { entries.append((place, id)) }

    mutating func popFirst() -> JobID? {
        guard head < entries.count else { return nil }
        defer {
            head += 1
            // Give the passed part back once it is the larger one.
            if head > 64, head * 2 > entries.count {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head].id
    }
}

/// The lanes of a queue's tenants, which take turns: who was served goes to the end.
struct TenantLanes: Sendable {
    private(set) var lanes: [String: Lane] = [:]
    /// Tenants with something waiting, whoever is next first.
    private var order: [String] = []

    var isEmpty: Bool { order.isEmpty }

    mutating func append(_ id: JobID, tenant: String, place: UInt64) {
        if lanes[tenant] == nil { order.append(tenant) }
        lanes[tenant, default: Lane()].append(id, place: place)
    }

    /// Whose turn it is, passing over those that may not start anything.
    func next(_ mayStart: (String) -> Bool) -> (tenant: String, place: UInt64)? {
        guard let tenant = order.first(where: mayStart), let place = lanes[tenant]?.firstPlace else { return nil }
        return (tenant, place)
    }

    /// The tenant's first job; the tenant goes to the end.
    mutating func popFirst(_ tenant: String) -> JobID? {
        guard let id = lanes[tenant]?.popFirst() else { return nil }
        order.removeAll { $0 == tenant }
        if lanes[tenant]?.isEmpty ?? true { lanes[tenant] = nil } else { order.append(tenant) }
        return id
    }
}

/// What waits in one lane.
struct LaneGroup: Sendable {
    var plain = Lane()
    var tenants = TenantLanes()

    var isEmpty: Bool { plain.isEmpty && tenants.isEmpty }
}
