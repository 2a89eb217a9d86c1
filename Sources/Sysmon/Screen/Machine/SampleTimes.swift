import RoostJobs

/// How long some jobs waited and ran: a sample, of the newest that are done.
struct SampleTimes: Sendable, Equatable, Encodable {
    /// Percentiles of a set of times, seconds.
    struct Percentiles: Sendable, Equatable, Encodable {
        var p50: Double
        var p99: Double

        /// Nil for no times at all.
        init?(_ times: [Double]) {
            let sorted = times.sorted()
            guard let last = sorted.last else { return nil }
            // Nearest rank: the smallest time that so many of all do not exceed.
            func rank(_ share: Double) -> Double {
                let index = Int((share * Double(sorted.count)).rounded(.up)) - 1
                return sorted.indices.contains(index) ? sorted[index] : last
            }
            (p50, p99) = (rank(0.5), rank(0.99))
        }
    }

    /// Jobs looked at.
    var count: Int
    /// From acceptance to the first attempt; of jobs that needed only one and waited for no other job.
    var wait: Percentiles?
    /// The last attempt.
    var run: Percentiles?

    init(_ jobs: [JobRecord]) {
        count = jobs.count
        wait = Percentiles(
            jobs.compactMap { job in
                guard job.attempt == 1, !job.hasParents else { return nil }
                return job.startedAt.map { max(0, $0.since(job.insertedAt).inSeconds) }
            })
        run = Percentiles(
            jobs.compactMap { job in
                guard let start = job.startedAt, let end = job.finishedAt else { return nil }
                return max(0, end.since(start).inSeconds)
            })
    }
}
