extension MemoryMachine {
    func job(uniqueKey: String, now: Timestamp) -> JobRecord? {
        keys[Array(uniqueKey.utf8)].flatMap { live($0.id, now: now)?.record }
    }

    func parents(of id: JobID, now: Timestamp) -> [JobRecord] {
        (live(id, now: now)?.parents ?? []).compactMap { live($0, now: now)?.record }
    }

    /// Recounts; repairs the counts alone, since nothing else can go wrong in memory.
    mutating func check(repair: Bool) -> StoreReport {
        var recount: [String: [JobState: Int]] = [:]
        for entry in entries.values { recount[entry.record.queue, default: [:]][entry.record.state, default: 0] += 1 }
        let kept = counts.queues.mapValues { $0.filter { $0.value != 0 } }.filter { !$0.value.isEmpty }
        var report = StoreReport(jobs: entries.count)
        if kept != recount {
            report.findings.append(
                .init(kind: "count-drift", detail: "jobs by queue and state", count: 1, isRepaired: repair))
            if repair { counts.queues = recount }
        }
        return report
    }
}
