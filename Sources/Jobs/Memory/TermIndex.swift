/// Which jobs have a word of the search index, oldest first.
struct TermIndex: Sendable {
    private var lists: [String: List] = [:]

    struct List: Sendable {
        /// Jobs that have gone may stand here for a while.
        fileprivate(set) var ids: [JobID] = []
        /// How many are there.
        fileprivate(set) var count = 0
    }

    /// The jobs with a word.
    subscript(term: String) -> List { lists[term] ?? List() }

    mutating func add(_ id: JobID, _ terms: [String]) {
        for term in terms {
            lists[term, default: List()].ids.insertInOrder(id)
            lists[term]?.count += 1
        }
    }

    /// Takes a job off; `isThere` says which others are not gone.
    mutating func remove(_ id: JobID, _ terms: [String], isThere: (JobID) -> Bool) {
        for term in terms {
            guard var list = lists.removeValue(forKey: term), list.count > 1 else { continue }
            list.count -= 1
            if list.ids.count > 64, list.count * 2 < list.ids.count { list.ids.removeAll { !isThere($0) } }
            lists[term] = list
        }
    }
}

extension [JobID] {
    /// Adds an id to ascending ones. They mostly come in order; one from a clock behind finds its place.
    mutating func insertInOrder(_ id: JobID) {
        if let last, last > id { insert(id, at: partitioningIndex { $0 > id }) } else { append(id) }
    }

    /// Those of ascending ids within bounds.
    func within(lowest: JobID?, below: JobID?) -> ArraySlice<JobID> {
        let start = lowest.map { lowest in partitioningIndex { $0 >= lowest } } ?? startIndex
        let end = below.map { below in partitioningIndex { $0 >= below } } ?? endIndex
        return start < end ? self[start..<end] : []
    }

    /// The first index whose element satisfies the predicate, by bisection; the elements must be partitioned by it.
    private func partitioningIndex(where belongsAfter: (JobID) -> Bool) -> Int {
        var low = startIndex
        var count = self.count
        while count > 0 {
            let middle = low + count / 2
            if belongsAfter(self[middle]) {
                count /= 2
            } else {
                low = middle + 1
                count -= count / 2 + 1
            }
        }
        return low
    }
}
