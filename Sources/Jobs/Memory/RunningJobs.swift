/// The running jobs of each worker.
struct RunningJobs: Sendable {
    private var ids: [String: [JobID]] = [:]
    /// Where a job stands among its worker's.
    private var places: [JobID: Int] = [:]

    /// How many there are.
    var count: Int { places.count }

    /// A worker's, at most so many, in no order.
    func first(_ limit: Int, of worker: String) -> [JobID] { Array((ids[worker] ?? []).prefix(limit)) }

    mutating func insert(_ id: JobID, of worker: String) {
        places[id] = ids[worker]?.count ?? 0
        ids[worker, default: []].append(id)
    }

    mutating func remove(_ id: JobID, of worker: String) {
        // The last takes its place.
        guard let place = places.removeValue(forKey: id), let last = ids[worker]?.popLast() else { return }
        if last != id {
            ids[worker]?[place] = last
            places[last] = place
        }
        if ids[worker]?.isEmpty ?? false { ids[worker] = nil }
    }
}
