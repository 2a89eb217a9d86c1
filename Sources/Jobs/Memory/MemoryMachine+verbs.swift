extension MemoryMachine {
    mutating func enqueue(_ job: NewJob, now: Timestamp) -> Enqueued {
        if live(job.id, now: now) != nil { return .accepted(job.id) }
        if let key = job.uniqueKey.map({ Array($0.utf8) }) {
            if let holder = keys[key], let entry = live(holder, now: now),
                entry.record.state != .failed, entry.record.state != .cancelled
            {
                return .existing(holder)
            }
            keys[key] = job.id
        }
        forget(job.id)
        let runAt: Timestamp? =
            switch job.start {
            case .now: nil
            case .after(let delay): delay > .zero ? now.advanced(by: delay) : nil
            case .at(let time): time > now ? time : nil
            }
        let record = JobRecord(job, state: runAt == nil ? .queued : .scheduled, insertedAt: now, runAt: runAt)
        entries[job.id] = Entry(record: record)
        counts.totals.enqueued += 1
        // Ids mostly come in order; one from a clock behind finds its place.
        if let last = newest.last, last > job.id {
            newest.insert(job.id, at: newest.partitioningIndex { $0 > job.id })
        } else {
            newest.append(job.id)
        }
        count(record, 1)
        if let runAt {
            scheduled.insert(job.id, due: runAt)
        } else {
            addToLane(record)
        }
        return .accepted(job.id)
    }

    mutating func claim(_ request: ClaimRequest, now: Timestamp) -> [Claim] {
        var claims: [Claim] = []
        while claims.count < request.limit, let lane = nextLane(request) {
            guard let id = lanes[lane.queue]?[lane.key]?.popFirst() else { break }
            if lanes[lane.queue]?[lane.key]?.isEmpty ?? false { lanes[lane.queue]?[lane.key] = nil }
            guard entries[id]?.record.state == .queued else { continue }
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
            if let record = entries[id]?.record { claims.append(Claim(job: record, token: token)) }
        }
        return claims
    }

    /// The lane a claim takes from next: by band, then by the queues as asked, then whose first has waited longest.
    private func nextLane(_ request: ClaimRequest) -> (queue: String, key: LaneKey)? {
        var best: (rank: (Int, Int, UInt64), queue: String, key: LaneKey)?
        for (place, queue) in request.queues.enumerated() {
            for (key, lane) in lanes[queue] ?? [:] where request.types?.contains(key.type) ?? true {
                let rank = (key.priority, place, lane.firstPlace ?? .max)
                if best.map({ rank < $0.rank }) ?? true { best = (rank, queue, key) }
            }
        }
        return best.map { ($0.queue, $0.key) }
    }

    mutating func extend(_ tickets: [Claim.Ticket], lease: Duration, now: Timestamp) -> [Claim.Ticket] {
        tickets.filter { ticket in
            guard let entry = entries[ticket.id], entry.record.state == .running, entry.token == ticket.token else {
                return true
            }
            let until = now.advanced(by: lease)
            entries[ticket.id]?.leaseUntil = until
            leases.insert(ticket.id, due: until)
            return false
        }
    }

    mutating func settle(_ ticket: Claim.Ticket, _ outcome: Outcome, now: Timestamp) -> Settlement {
        // Token 0 is nobody's: of a job that was never claimed, or was taken back.
        guard ticket.token != 0, let entry = entries[ticket.id], entry.token == ticket.token else { return .leaseLost }
        // The token is this attempt's and the job moved on: an earlier call settled it, unless a reclaim did, which
        // takes the token away.
        guard entry.record.state == .running else { return .settled }
        let id = ticket.id
        switch outcome {
        case .succeeded(let result):
            counts.totals.done += 1
            move(id, to: .done, now: now) { entry in
                entry.record.result = result
                entry.record.error = nil
                entry.record.expiresAt = now.advanced(by: entry.record.resultTTL)
            }
        case .retry(let delay, let error):
            counts.totals.retried += 1
            requeue(id, after: delay, now: now) { $0.record.error = ErrorText.cut(error) }
        case .failed(let error): fail(id, error, now: now)
        case .released: requeue(id, after: .zero, now: now) { $0.record.attempt -= 1 }
        case .snoozed(let delay): requeue(id, after: delay, now: now) { $0.record.attempt -= 1 }
        case .cancelled(let reason):
            move(id, to: .cancelled, now: now) { entry in
                entry.record.error = ErrorText.cut(reason)
                entry.record.expiresAt = now.advanced(by: entry.record.resultTTL)
            }
        }
        return .settled
    }

    mutating func fail(_ id: JobID, _ error: String, now: Timestamp) {
        counts.totals.failed += 1
        move(id, to: .failed, now: now) { entry in
            entry.record.error = ErrorText.cut(error)
            entry.record.expiresAt = now.advanced(by: JobDefaults.deadTTL)
        }
    }

    mutating func promoteDue(limit: Int, now: Timestamp) -> Int {
        var moved = 0
        while moved < limit, let id = scheduled.popDue(now) {
            guard let entry = entries[id], entry.record.state == .scheduled,
                entry.record.runAt.map({ $0 <= now }) ?? true
            else { continue }
            move(id, to: .queued, now: now) { $0.record.runAt = nil }
            moved += 1
        }
        return moved
    }

    mutating func reclaim(limit: Int, maxCrashes: Int, now: Timestamp) -> Reclaimed {
        var reclaimed = Reclaimed()
        while reclaimed.requeued.count + reclaimed.dead.count < limit, let id = leases.popDue(now) {
            guard let entry = entries[id], entry.record.state == .running, let until = entry.leaseUntil, until <= now
            else { continue }
            counts.totals.reclaimed += 1
            entries[id]?.record.crashes += 1
            entries[id]?.token = 0
            let crashes = entry.record.crashes + 1
            if crashes >= maxCrashes {
                fail(id, ErrorText.poison(crashes: crashes, worker: entry.record.worker), now: now)
                reclaimed.dead.append(id)
            } else {
                move(id, to: .queued, now: now)
                reclaimed.requeued.append(id)
            }
        }
        return reclaimed
    }

    mutating func prune(limit: Int, now: Timestamp) -> Int {
        var pruned = 0
        while pruned < limit, let id = expiries.popDue(now) {
            guard let entry = entries[id], let expiry = entry.record.expiresAt, expiry <= now else { continue }
            forget(id)
            pruned += 1
        }
        if newest.count > 64, entries.count * 2 < newest.count { newest.removeAll { entries[$0] == nil } }
        return pruned
    }

    private mutating func forget(_ id: JobID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        count(entry.record, -1)
        if let key = entry.record.uniqueKey.map({ Array($0.utf8) }), keys[key] == id { keys[key] = nil }
    }

    func list(_ query: JobQuery, now: Timestamp) -> JobPage {
        var page = JobPage(jobs: [], total: nil)
        var passed = 0
        var last: JobID?
        for id in newest.reversed() {
            if page.jobs.count == query.limit { break }
            // An id that was pruned and enqueued again stands here twice.
            guard id != last, let entry = live(id, now: now), query.matches(entry.record) else { continue }
            last = id
            if passed < query.offset { passed += 1 } else { page.jobs.append(entry.record) }
        }
        if query.type == nil, query.queue == nil {
            page.total = query.state.map { counts[$0] } ?? counts.total
        }
        return page
    }
}

extension RandomAccessCollection {
    /// The first index whose element satisfies the predicate, by bisection; the elements must be partitioned by it.
    fileprivate func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Index {
        var low = startIndex
        var count = self.count
        while count > 0 {
            let middle = index(low, offsetBy: count / 2)
            if belongsAfter(self[middle]) {
                count /= 2
            } else {
                low = index(after: middle)
                count -= count / 2 + 1
            }
        }
        return low
    }
}
