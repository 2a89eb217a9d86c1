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

    /// Those that wait, first come first, and some that do so no more: they are somewhere else.
    var waiting: ArraySlice<(place: UInt64, id: JobID)> { entries[head...] }

    mutating func append(_ id: JobID, place: UInt64) { entries.append((place, id)) }

    @discardableResult
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

/// What waits in one lane.
struct LaneGroup: Sendable {
    var plain = Lane()
    var tenants = TenantLanes()

    var isEmpty: Bool { plain.isEmpty && tenants.isEmpty }

    /// The lane of a tenant, or of those without.
    subscript(tenant: String?) -> Lane { tenant.map { tenants[$0] } ?? plain }

    /// The first job of a tenant, or of those without.
    @discardableResult
    mutating func popFirst(_ tenant: String?) -> JobID? {
        if let tenant { tenants.popFirst(tenant) } else { plain.popFirst() }
    }
}
