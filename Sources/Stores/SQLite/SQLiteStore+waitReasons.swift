public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// See `JobControl`.
    public func waitReasons(_ id: JobID) async throws(StoreError) -> [WaitReason] {
        try closedCheck()
        let now = now()
        let found = try await reader.read { connection throws(SQLiteFailure) in try connection.waiter(id, now: now) }
        return found.map { reasons(for: $0, now: now) } ?? []
    }

    /// Why a job waits, by what was read of it and by what is known in memory.
    func reasons(for waiter: SQLiteWaiter, now: Timestamp) -> [WaitReason] {
        let job = waiter.job
        switch job.state {
        case .done, .failed, .cancelled: return []
        case .running:
            let lease = writer.committer.ledger.withLock { $0.leases[job.spot.id] }
            let left = lease.map { $0.deadline - SuspendingClock.now } ?? .zero
            return [.running(worker: job.worker ?? "", leaseUntil: now.advanced(by: left))]
        case .scheduled:
            var reasons: [WaitReason] = job.runAt.map { [.scheduled(until: $0)] } ?? []
            if let others = waiter.others { reasons.append(.parents(others)) }
            return reasons
        case .queued:
            let reasons = writer.committer.ledger.withLock { $0.reasons(for: job.spot, now: now) }
            return reasons + [.position(ahead: waiter.ahead)]
        }
    }
}

/// A job with what it waits for by the file.
struct SQLiteWaiter: Sendable {
    let job: JobRow
    /// Jobs it waits for; nil: it does not.
    let others: Int?
    /// Jobs before it in its lane.
    let ahead: Int
}

extension SQLiteConnection {
    /// A job with what it waits for by the file; nil when it is not kept.
    func waiter(_ id: JobID, now: Timestamp) throws(SQLiteFailure) -> SQLiteWaiter? {
        guard let job = try row(id), job.isLive(now) else { return nil }
        var others = job.waiting
        if others != nil, !job.spot.flags.contains(.parents) {
            // It follows a batch.
            let pending = try statement(.pendingBefore)
            pending.bind(1, id)
            try pending.eachRow { row in others = max(1, row.count(0)) }
        }
        return SQLiteWaiter(job: job, others: others, ahead: job.state == .queued ? try ahead(of: job.spot) : 0)
    }

    private func ahead(of spot: JobSpot) throws(SQLiteFailure) -> Int {
        var ahead = 0
        let query = try statement(spot.tenant == nil ? .ahead : .aheadOfTenant)
        query.bind(1, spot.queue)
        query.bind(2, spot.priority)
        query.bind(3, spot.type)
        query.bind(4, spot.id)
        if let tenant = spot.tenant { query.bind(5, tenant) }
        try query.eachRow { row in ahead = row.count(0) }
        return ahead
    }
}

extension SQLiteLedger {
    /// Why a queued job does not start, but for those before it.
    fileprivate func reasons(for job: JobSpot, now: Timestamp) -> [WaitReason] {
        let queues = [job.queue, QueueSettings.all]
        var reasons: [WaitReason] = queues.filter { settings[$0]?.isPaused ?? false }.map { .paused(queue: $0) }
        for queue in queues {
            guard let limit = settings[queue]?.concurrency else { continue }
            let busy = queue == QueueSettings.all ? running : counts[queue]?[.running] ?? 0
            if busy >= limit { reasons.append(.concurrency(queue: queue, tenant: nil, limit: limit)) }
        }
        var scopes = queues.map { Scope(queue: $0, tenant: nil) }
        if let tenant = job.tenant {
            let scope = Scope(queue: job.queue, tenant: tenant)
            scopes.append(scope)
            if let limit = settings[job.queue]?.tenantConcurrency, tenantsRunning[scope] ?? 0 >= limit {
                reasons.append(.concurrency(queue: job.queue, tenant: tenant, limit: limit))
            }
        }
        for scope in scopes {
            guard let rate = rate(of: scope), let next = starts[scope]?.room(rate, now: now).next else { continue }
            reasons.append(.rate(queue: scope.queue, tenant: scope.tenant, until: next))
        }
        let workers = notices.values.lazy.filter { $0.until > now }.map(\.notice)
        if let reason = WaitReason.service(type: job.type, queue: job.queue, workers: workers) {
            reasons.append(reason)
        }
        return reasons
    }
}
