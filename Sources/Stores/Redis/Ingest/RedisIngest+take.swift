import RoostJobs
import RoostRedis
import Synchronization

extension RedisIngest {
    /// Makes jobs and dead letters of entries and acknowledges them; returns how many must wait, for their queue is full.
    func take(_ entries: [IngestEntry], _ reader: IngestReader) async throws(StoreError) -> Int {
        var jobs: [(entry: String, job: NewJob)] = []
        var settled: [String] = []
        var buried = 0
        for entry in entries {
            switch entry.reading(configuration) {
            case .job(let job): jobs.append((entry.id, job))
            case .gone: settled.append(entry.id)
            case .malformed(let reason):
                try await store.bury(
                    entry.deadLetter(configuration),
                    error: "entry \(entry.id) of \(configuration.stream) is no job: \(reason)")
                settled.append(entry.id)
                buried += 1
            }
        }
        let results = try await store.enqueue(jobs.map(\.job))
        var left = 0
        for (job, result) in zip(jobs, results) {
            if case .full = result { left += 1 } else { settled.append(job.entry) }
        }
        do throws(RedisError) {
            try await reader.acknowledge(settled)
        } catch {
            throw StoreError(error, doing: "ingest")
        }
        let accepted = jobs.count - left
        progress.withLock { status in
            status.accepted += accepted
            status.buried += buried
        }
        return left
    }
}
