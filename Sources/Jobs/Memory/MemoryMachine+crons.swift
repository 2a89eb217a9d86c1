extension MemoryMachine {
    mutating func putCron(_ cron: CronEntry, next: Timestamp) -> Bool {
        if crons[cron.name] == nil, crons.count >= JobLimits.crons { return false }
        crons[cron.name] = CronStatus(entry: cron, next: next, last: crons[cron.name]?.last)
        wakes.insert(.crons)
        return true
    }

    func dueCrons(limit: Int, now: Timestamp) -> (due: DueCrons, next: Timestamp?) {
        let due = crons.values.filter { $0.next.map { $0 <= now } ?? false }
            .sorted { ($0.next ?? now, $0.entry.name) < ($1.next ?? now, $1.entry.name) }
        let next = crons.values.compactMap(\.next).filter { $0 > now }.min()
        return (DueCrons(now: now, crons: Array(due.prefix(max(1, limit)))), next)
    }

    mutating func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob], now: Timestamp
    ) -> Bool {
        guard crons[name]?.next == slot else { return false }
        for job in jobs { _ = enqueue(job, now: now, quota: false) }
        crons[name]?.next = next
        crons[name]?.last = slot
        wakes.insert(.crons)
        return true
    }
}
