extension MemoryMachine {
    mutating func setQueue(_ name: String, _ change: QueueChange) -> QueueSettings? {
        let changed = change.applied(to: settings[name] ?? QueueSettings())
        if settings[name] == nil, settings.count >= JobLimits.queues { return nil }
        settings[name] = changed.isEmpty ? nil : changed
        wakes.insert(.claims)
        return changed
    }

    func queueStatuses() -> [QueueStatus] {
        let names = Set(settings.keys).union(counts.queues.filter { $0.value.values.contains { $0 != 0 } }.keys)
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
            let heads = (lanes[name] ?? [:]).values.flatMap { lane in
                [lane.plain.first].compactMap { $0 } + Array(lane.tenants.firsts)
            }
            let oldest = heads.compactMap { entries[$0]?.record.insertedAt }.min()
            return QueueStatus(
                name: name, settings: settings[name] ?? QueueSettings(),
                counts: (counts.queues[name] ?? [:]).filter { $0.value != 0 }, oldest: oldest)
        }
    }

    func waitReasons(_ id: JobID, now: Timestamp) -> [WaitReason] {
        guard let entry = live(id, now: now) else { return [] }
        let job = entry.record
        switch job.state {
        case .done, .failed, .cancelled: return []
        case .running: return [.running(worker: job.worker ?? "", leaseUntil: entry.leaseUntil ?? now)]
        case .scheduled:
            var reasons: [WaitReason] = job.runAt.map { [.scheduled(until: $0)] } ?? []
            if entry.waitsFor > 0 { reasons.append(.parents(waits(entry))) }
            return reasons
        case .queued: return queuedReasons(job, now: now)
        }
    }

    /// How many jobs the job waits for: its parents, or the members of the batch it follows.
    private func waits(_ entry: Entry) -> Int {
        if entry.record.hasParents { return entry.waitsFor }
        let batch = batches.values.first {
            $0.status.onComplete == entry.record.id || $0.status.onSuccess == entry.record.id
        }
        return max(1, batch?.status.pending ?? 1)
    }

    private func queuedReasons(_ job: JobRecord, now: Timestamp) -> [WaitReason] {
        var reasons: [WaitReason] = []
        for queue in [job.queue, QueueSettings.all] where settings[queue]?.isPaused ?? false {
            reasons.append(.paused(queue: queue))
        }
        for queue in [job.queue, QueueSettings.all] {
            guard let limit = settings[queue]?.concurrency else { continue }
            let busy = queue == QueueSettings.all ? running.count : counts.queues[queue]?[.running] ?? 0
            if busy >= limit { reasons.append(.concurrency(queue: queue, tenant: nil, limit: limit)) }
        }
        if let tenant = job.tenant, let limit = settings[job.queue]?.tenantConcurrency,
            tenantsRunning[TenantKey(queue: job.queue, tenant: tenant)] ?? 0 >= limit
        {
            reasons.append(.concurrency(queue: job.queue, tenant: tenant, limit: limit))
        }
        let rates: [(String, String?, RateLimit?)] = [
            (job.queue, nil, settings[job.queue]?.rate),
            (QueueSettings.all, nil, settings[QueueSettings.all]?.rate),
            (job.queue, job.tenant, job.tenant == nil ? nil : settings[job.queue]?.tenantRate),
        ]
        for (queue, tenant, rate) in rates {
            guard let rate, let window = starts[TenantKey(queue: queue, tenant: tenant)] else { continue }
            if let next = window.room(rate, now: now).next {
                reasons.append(.rate(queue: queue, tenant: tenant, until: next))
            }
        }
        let workers = notices.values.lazy.filter { $0.until > now }.map(\.notice)
        if let reason = WaitReason.service(type: job.type, queue: job.queue, workers: workers) {
            reasons.append(reason)
        }
        reasons.append(.position(ahead: ahead(of: job)))
        return reasons
    }

    private func ahead(of job: JobRecord) -> Int {
        let key = LaneKey(priority: job.priority, type: job.type, isTenanted: job.tenant != nil)
        guard let group = lanes[job.queue]?[key] else { return 0 }
        let lane = group[job.tenant]
        var ahead = 0
        let own = entries[job.id]?.place
        for (place, id) in lane.waiting {
            if place == own || ahead == 1000 { break }
            if let entry = entries[id], entry.record.state == .queued, entry.place == place { ahead += 1 }
        }
        return ahead
    }
}
