/// Ends that others are still to hear of, oldest first.
struct EndedJobs: Sendable {
    /// A job's end: for its batch, if that has not counted it, and those that waited for it then.
    typealias End = (id: JobID, state: JobState, batch: JobID?, children: ArraySlice<JobID>)

    private var ends: [End] = []
    /// How many at the front were told.
    private var told = 0

    var isEmpty: Bool { told == ends.count }

    var first: End? { isEmpty ? nil : ends[told] }

    mutating func append(_ end: End) { ends.append(end) }

    /// One that waited for some of these is gone: it hears of none of their ends.
    mutating func withdraw(_ child: JobID, from parents: [JobID]) {
        for index in ends.indices.dropFirst(told) where parents.contains(ends[index].id) {
            ends[index].children.removeAll { $0 == child }
        }
    }

    /// Takes some of the first end's children off.
    mutating func takeChildren(_ limit: Int) -> ArraySlice<JobID> {
        guard !isEmpty else { return [] }
        let some = ends[told].children.prefix(max(0, limit))
        ends[told].children.removeFirst(some.count)
        return some
    }

    mutating func popFirst() {
        guard !isEmpty else { return }
        // So that its children need no memory any more.
        ends[told].children = []
        told += 1
        guard told > 64, told * 2 > ends.count else { return }
        ends.removeFirst(told)
        told = 0
    }
}
