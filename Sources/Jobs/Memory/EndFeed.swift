/// Ends of jobs, oldest first, as many as it may hold.
struct EndFeed: Sendable {
    private var ends: [(position: UInt64, id: JobID, state: JobState)] = []
    /// How many at the front are gone already: taking them away one by one would move all others each time.
    private var gone = 0
    /// The newest position.
    private(set) var last: UInt64
    private let capacity: Int

    /// An empty feed whose positions begin after `last`.
    init(after last: UInt64 = 0, capacity: Int = JobEnd.mostKept) {
        self.last = last
        self.capacity = capacity
    }

    var count: Int { ends.count - gone }

    mutating func append(_ id: JobID, _ state: JobState) {
        last += 1
        ends.append((last, id, state))
        if count > capacity { drop(1) }
    }

    func oldest(_ limit: Int) -> [JobEnd] {
        ends[gone...].prefix(max(0, limit)).map { end in
            JobEnd(position: String(end.position), id: end.id, state: end.state)
        }
    }

    mutating func forget(through position: String) {
        guard let position = UInt64(position) else { return }
        drop(ends[gone...].prefix { $0.position <= position }.count)
    }

    private mutating func drop(_ count: Int) {
        gone += count
        guard gone * 2 > ends.count else { return }
        ends.removeFirst(gone)
        gone = 0
    }
}
