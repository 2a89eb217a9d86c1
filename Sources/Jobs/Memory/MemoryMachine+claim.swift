extension MemoryMachine {
    /// What a claim got, and when to look again although nothing happened.
    struct Claimed {
        var claims: [Claim] = []
        var retryAt: Timestamp?
    }

    mutating func claim(_ request: ClaimRequest, now: Timestamp) -> Claimed {
        var claimed = Claimed()
        let most = roomForAll(request, now: now, &claimed.retryAt)
        guard most > 0 else { return claimed }
        // Every tenth job is for a lower band, each of them in turn, so that none starves.
        let bands = claimableBands(request)
        let shares = bands.count > 1 ? (turns + most) / 10 - turns / 10 : 0
        take(upTo: most - shares, request, now: now, &claimed)
        for share in 0..<shares {
            let band = bands[(turns / 10 + share) % (bands.count - 1) + 1]
            if let claim = next(request, only: band, now: now, &claimed.retryAt) { claimed.claims.append(claim) }
        }
        if bands.count > 1 { turns += most }
        take(upTo: most, request, now: now, &claimed)
        return claimed
    }

    private mutating func take(upTo count: Int, _ request: ClaimRequest, now: Timestamp, _ claimed: inout Claimed) {
        while claimed.claims.count < count, let claim = next(request, now: now, &claimed.retryAt) {
            claimed.claims.append(claim)
        }
    }

    /// How many jobs all limits together let the request have.
    private func roomForAll(_ request: ClaimRequest, now: Timestamp, _ retryAt: inout Timestamp?) -> Int {
        var sum = 0
        for queue in Set(request.queues) {
            sum = min(request.limit, sum + min(request.limit, room(queue, now: now, &retryAt)))
        }
        return min(sum, room(QueueSettings.all, now: now, &retryAt))
    }

    /// How many jobs of the queue may start now; `.max` without limits.
    func room(_ queue: String, now: Timestamp, _ retryAt: inout Timestamp?) -> Int {
        guard let limits = settings[queue] else { return .max }
        if limits.isPaused { return 0 }
        var room = Int.max
        if let concurrency = limits.concurrency {
            let busy = queue == QueueSettings.all ? running.count : counts.queues[queue]?[.running] ?? 0
            room = max(0, concurrency - busy)
        }
        if let rate = limits.rate {
            let window = starts[TenantKey(queue: queue, tenant: nil), default: StartWindow()].room(rate, now: now)
            room = min(room, window.left)
            if let next = window.next { retryAt = retryAt.map { min($0, next) } ?? next }
        }
        return room
    }

    /// Whether a job of the tenant may start now.
    func mayStart(_ tenant: String, of queue: String, now: Timestamp, _ retryAt: inout Timestamp?) -> Bool {
        guard let limits = settings[queue] else { return true }
        let key = TenantKey(queue: queue, tenant: tenant)
        if let concurrency = limits.tenantConcurrency, (tenantsRunning[key] ?? 0) >= concurrency { return false }
        guard let rate = limits.tenantRate, let window = starts[key]?.room(rate, now: now) else { return true }
        if let next = window.next { retryAt = retryAt.map { min($0, next) } ?? next }
        return window.left > 0
    }

    /// Bands with something to take, the first first.
    private func claimableBands(_ request: ClaimRequest) -> [Int] {
        var bands: Set<Int> = []
        for queue in request.queues where !(settings[queue]?.isPaused ?? false) {
            for key in (lanes[queue] ?? [:]).keys where request.types?.contains(key.type) ?? true {
                bands.insert(key.priority)
            }
        }
        return bands.sorted()
    }

    /// Takes the next job there is, of one band only or of all: by band, then by the queues as asked, then whose first
    /// has waited longest.
    private mutating func next(
        _ request: ClaimRequest, only band: Int? = nil, now: Timestamp, _ retryAt: inout Timestamp?
    ) -> Claim? {
        while true {
            var best: (rank: (Int, Int, UInt64), queue: String, key: LaneKey, tenant: String?)?
            for (order, queue) in request.queues.enumerated() where room(queue, now: now, &retryAt) > 0 {
                for (key, lane) in lanes[queue] ?? [:] where request.types?.contains(key.type) ?? true {
                    if let band, key.priority != band { continue }
                    var found = lane.plain.firstPlace.map { (tenant: String?.none, place: $0) }
                    if key.isTenanted {
                        found = lane.tenants.next { mayStart($0, of: queue, now: now, &retryAt) }.map { ($0, $1) }
                    }
                    guard let found else { continue }
                    let rank = (key.priority, order, found.place)
                    if best.map({ rank < $0.rank }) ?? true { best = (rank, queue, key, found.tenant) }
                }
            }
            guard let best, let id = pop(best.queue, best.key, best.tenant) else { return nil }
            guard entries[id]?.place == best.rank.2, let claim = start(id, request, now: now) else { continue }
            // Only who was served has had its turn.
            if let tenant = best.tenant { lanes[best.queue]?[best.key]?.tenants.served(tenant) }
            return claim
        }
    }

    private mutating func pop(_ queue: String, _ key: LaneKey, _ tenant: String?) -> JobID? {
        let id = lanes[queue]?[key]?.popFirst(tenant)
        trim(queue, key, tenant)
        return id
    }

    /// A job was taken from its lane, or waits there no more: whoever is first then does wait.
    mutating func trim(_ queue: String, _ key: LaneKey, _ tenant: String?) {
        while let lane = lanes[queue]?[key]?[tenant], let id = lane.first, let place = lane.firstPlace {
            if let entry = entries[id], entry.record.state == .queued, entry.place == place { break }
            lanes[queue]?[key]?.popFirst(tenant)
        }
        if lanes[queue]?[key]?.isEmpty ?? false { lanes[queue]?[key] = nil }
    }

    /// Starts a job taken from its lane; nil when it is not there to be run any more.
    private mutating func start(_ id: JobID, _ request: ClaimRequest, now: Timestamp) -> Claim? {
        guard let record = entries[id]?.record, record.state == .queued else { return nil }
        if let overdueAt = record.overdueAt, overdueAt <= now {
            endOverdue(id, now: now)
            return nil
        }
        lastToken += 1
        let token = lastToken
        move(id, to: .running, now: now) { entry in
            entry.token = token
            entry.leaseUntil = now.advanced(by: request.lease)
            entry.record.attempt += 1
            entry.record.startedAt = now
            entry.record.worker = request.worker
        }
        counts.totals.started += 1
        noteStart(record, now: now)
        return entries[id].map { Claim(job: $0.record, token: token) }
    }

    private mutating func noteStart(_ record: JobRecord, now: Timestamp) {
        func note(_ queue: String, _ tenant: String?, _ rate: RateLimit?) {
            guard let rate else { return }
            let key = TenantKey(queue: queue, tenant: tenant)
            starts[key, default: StartWindow()].add(now, keeping: rate.count)
        }
        note(QueueSettings.all, nil, settings[QueueSettings.all]?.rate)
        note(record.queue, nil, settings[record.queue]?.rate)
        if let tenant = record.tenant { note(record.queue, tenant, settings[record.queue]?.tenantRate) }
    }

    mutating func extend(_ tickets: [Claim.Ticket], lease: Duration, now: Timestamp) -> Extended {
        var extended = Extended()
        for ticket in tickets {
            guard let entry = entries[ticket.id], entry.record.state == .running, entry.token == ticket.token else {
                extended.lost.append(ticket)
                continue
            }
            let until = now.advanced(by: lease)
            entries[ticket.id]?.leaseUntil = until
            addLease(ticket.id, until: until)
            if entry.cancelReason != nil { extended.cancelled.append(ticket) }
        }
        return extended
    }
}
