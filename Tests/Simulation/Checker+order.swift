@testable import RoostJobs

/// Who comes first: bands in order but for every tenth, tenants in turn.
extension Checker {
    /// Jobs that may start now, by what is said of them and of their queues: of each place where one waits.
    struct Ready {
        struct Line: Hashable {
            let queue: String
            let priority: Int
            let type: String
            let tenant: String?

            /// Where its tenants take turns.
            var group: Line { Line(queue: queue, priority: priority, type: type, tenant: nil) }
        }

        var lines: Set<Line> = []
        var bands: Set<Int> { Set(lines.map(\.priority)) }
    }

    func ready(_ machine: MemoryMachine, now: Timestamp) -> Ready {
        var ready = Ready()
        for entry in machine.entries.values where entry.record.state == .queued {
            guard let truth = jobs[entry.record.id], case .waiting = truth.place else { continue }
            let job = truth.job
            if let overdueAt = entry.record.overdueAt, overdueAt <= now { continue }
            let line = Ready.Line(queue: job.queue, priority: job.priority, type: job.type, tenant: job.tenant)
            if !ready.lines.contains(line), reasonToWait(job, now: now) == nil { ready.lines.insert(line) }
        }
        return ready
    }

    mutating func ordered(_ claims: [Claim], limit: Int, before: Ready, after: Ready) {
        let still = before.lines.intersection(after.lines)
        orderBands(claims, limit: limit, Set(still.map(\.priority)))
        orderTenants(claims, still)
    }

    /// Jobs of a lower band than one that could have started: one of ten that are handed out. And no more than twenty for
    /// each lower band before it has its turn.
    private mutating func orderBands(_ claims: [Claim], limit: Int, _ still: Set<Int>) {
        handedOut += limit
        for claim in claims {
            guard let priority = jobs[claim.job.id]?.job.priority else { continue }
            if still.contains(where: { $0 < priority }) { fromLowerBands += 1 }
            for band in still where band > priority { passedBands[band, default: 0] += 1 }
            passedBands[priority] = 0
        }
        for band in passedBands.keys where !still.contains(band) { passedBands[band] = 0 }
        if fromLowerBands > handedOut / 10 + 1 { fail("\(fromLowerBands) of \(handedOut) came before their turn") }
        if let band = passedBands.first(where: { $0.value > 50 })?.key { fail("band \(band) starves") }
    }

    /// Others are not served again and again while a tenant waits. What was called off costs a tenant its turn.
    private mutating func orderTenants(_ claims: [Claim], _ still: Set<Ready.Line>) {
        for line in passedTenants.keys where !still.contains(line) { passedTenants[line] = nil }
        for claim in claims {
            guard let job = jobs[claim.job.id]?.job, let tenant = job.tenant else { continue }
            let line = Ready.Line(queue: job.queue, priority: job.priority, type: job.type, tenant: tenant)
            passedTenants[line] = nil
            for other in still where other.group == line.group && other.tenant != nil && other != line {
                passedTenants[other, default: [:]][tenant, default: 0] += 1
                if passedTenants[other]?[tenant] ?? 0 > 5 {
                    fail("tenant \(other.tenant ?? "") waits while \(tenant) is served again and again")
                }
            }
        }
    }

    // MARK: What keeps a job from starting

    /// Why the limits that are set would not let it start now; nil when they would.
    func reasonToWait(_ job: NewJob, now: Timestamp) -> String? {
        for queue in [job.queue, QueueSettings.all] {
            guard let limits = settings[queue] else { continue }
            if limits.isPaused { return "\(queue) is paused" }
            if let most = limits.concurrency, runs(queue) >= most { return "\(queue) runs too many" }
            if let rate = limits.rate, recent(queue, nil, rate, now: now) >= rate.count {
                return "\(queue) starts too fast"
            }
        }
        guard let tenant = job.tenant, let limits = settings[job.queue] else { return nil }
        if let most = limits.tenantConcurrency, runs(job.queue, tenant) >= most {
            return "tenant \(tenant) runs too many"
        }
        if let rate = limits.tenantRate, recent(job.queue, tenant, rate, now: now) >= rate.count {
            return "tenant \(tenant) starts too fast"
        }
        return nil
    }

    private func runs(_ queue: String, _ tenant: String? = nil) -> Int {
        jobs.values.count { truth in
            truth.isRunning && (queue == QueueSettings.all || truth.job.queue == queue)
                && (tenant == nil || truth.job.tenant == tenant)
        }
    }

    private func recent(_ queue: String, _ tenant: String?, _ rate: RateLimit, now: Timestamp) -> Int {
        let since = (tenant == nil ? limitedSince : tenantsLimitedSince)[queue] ?? 0
        return starts[min(since, starts.count)...].count { start in
            (queue == QueueSettings.all || start.queue == queue) && (tenant == nil || start.tenant == tenant)
                && start.at.advanced(by: rate.period) > now
        }
    }
}
