extension MemoryMachine {
    /// Accepts jobs; nil when one names a batch that is not open or has no room: then nothing is done.
    mutating func enqueue(_ jobs: [NewJob], now: Timestamp) -> [Enqueued]? {
        var members: [JobID: Int] = [:]
        for batch in jobs.lazy.compactMap(\.batch) { members[batch, default: 0] += 1 }
        let isKnown = members.allSatisfy { batch, count in
            self.batch(batch, now: now).map { $0.isOpen && $0.total + count <= JobLimits.batchMembers } ?? false
        }
        guard isKnown else { return nil }
        changed.reserveCapacity(changed.count + jobs.count)
        return jobs.map { enqueue($0, now: now) }
    }

    mutating func enqueue(_ job: NewJob, now: Timestamp, quota: Bool = true) -> Enqueued {
        let isKept = entries.contains(job.id)
        if isKept, live(job.id, now: now) != nil { return .accepted(job.id) }
        if let request = job.idempotency, let known = requests[Array(request.key.utf8)], known.until > now {
            return known.digest == request.digest ? .repeated(known.id) : .mismatched(known.id)
        }
        let (holder, replaced) = holder(of: job, now: now)
        if let holder { return .existing(holder) }
        if quota {
            let waiting = counts.queues[job.queue] ?? [:]
            let most = settings[job.queue]?.quota ?? JobLimits.queueQuota
            // One that is replaced makes room, and stays when there is none.
            let freed = replaced.map { entries[$0]?.record.queue == job.queue } ?? false ? 1 : 0
            if (waiting[.queued] ?? 0) + (waiting[.scheduled] ?? 0) - freed >= most { return .full(queue: job.queue) }
        }
        if let replaced { end(replaced, .cancelled, ErrorText.replaced + job.id.description, now: now) }
        if isKept { forget(job.id, now: now) }
        accept(job, now: now)
        return .accepted(job.id)
    }

    /// The job that keeps this one away, after doing what the rule says to it, or the one that has to make way.
    private mutating func holder(of job: NewJob, now: Timestamp) -> (holder: JobID?, replaced: JobID?) {
        guard let rule = job.unique, let id = keeper(rule.key, now: now) else { return (nil, nil) }
        guard let entry = live(id, now: now) else { return (id, nil) }
        switch rule.conflict {
        case .reject: return (id, nil)
        case .replace:
            let mayGo = entry.record.state == .scheduled || entry.record.state == .queued
            return mayGo ? (nil, id) : (id, nil)
        case .extend:
            let time = job.start.moment(now)
            if entry.record.state == .scheduled, entry.record.runAt != nil, time > now {
                entries[id]?.record.runAt = time
                changed.append(id)
                if entry.waitsFor == 0 { scheduled.insert(id, due: time) }
                wakes.insert(.schedule)
            }
            return (id, nil)
        }
    }

    /// Who keeps others with the key away now.
    func keeper(_ key: String, now: Timestamp) -> JobID? {
        guard let holder = keys[Array(key.utf8)] else { return nil }
        let entry = live(holder.id, now: now)
        if let state = entry?.record.state, state == .failed || state == .cancelled { return nil }
        if let until = holder.until { return until > now ? holder.id : nil }
        return entry == nil ? nil : holder.id
    }

    private mutating func accept(_ job: NewJob, now: Timestamp) {
        let time = job.start.moment(now)
        let runAt = time > now ? time : nil
        var waitsFor = 0
        var lost: JobID?
        for parent in job.parents {
            switch live(parent, now: now)?.record.state {
            case .done: break
            case .scheduled, .queued, .running: waitsFor += 1
            case .failed, .cancelled, nil: if job.parentRule == .done { lost = lost ?? parent }
            }
        }
        let state: JobState = runAt == nil && waitsFor == 0 && lost == nil ? .queued : .scheduled
        let record = JobRecord(job, state: state, insertedAt: now, runAt: runAt)
        insert(record, parents: job.parents, waitsFor: lost == nil ? waitsFor : 0)
        if let unique = job.unique {
            keys[Array(unique.key.utf8)] = KeyHolder(id: job.id, until: unique.period.map { now.advanced(by: $0) })
        }
        if let request = job.idempotency {
            requests[Array(request.key.utf8)] = (
                job.id, request.digest, now.advanced(by: IdempotencyKey.lifetime)
            )
        }
        if let batch = job.batch { batches[batch]?.add(job.id) }
        if !job.parents.isEmpty, lost == nil { keepParents(of: job.id, now: now) }
        if let lost {
            end(job.id, .cancelled, ErrorText.parent + lost.description, now: now)
        } else if waitsFor > 0 {
            for parent in job.parents where !(entries[parent]?.record.state.isFinal ?? true) {
                // It may stand there from an earlier life of the same id.
                if !(kids[parent]?.contains(job.id) ?? false) { kids[parent, default: []].append(job.id) }
            }
        }
    }

    /// Takes a new record in, wherever its state says.
    mutating func insert(_ record: JobRecord, parents: [JobID] = [], waitsFor: Int = 0) {
        var entry = Entry(record: record)
        entry.parents = parents
        entry.waitsFor = waitsFor
        if settings[record.queue]?.isSearchable ?? true {
            let words = record.searchTerms
            if !words.isEmpty {
                terms.add(record.id, words)
                entry.isIndexed = true
            }
        }
        if record.state == .queued {
            lastPlace += 1
            entry.place = lastPlace
        }
        entries[record.id] = entry
        counts.totals.enqueued += 1
        newest.insertInOrder(record.id)
        count(record, 1)
        changed.append(record.id)
        if let overdueAt = record.overdueAt, !record.state.isFinal {
            overdue.insert(record.id, due: overdueAt)
            wakes.insert(.schedule)
        }
        if record.state == .queued {
            addToLane(record, place: entry.place)
            wakes.insert(.claims)
        } else if record.state == .scheduled, let runAt = record.runAt, waitsFor == 0 {
            scheduled.insert(record.id, due: runAt)
            wakes.insert(.schedule)
        } else if record.state.isFinal {
            expiries.insert(record.id, due: record.expiresAt ?? record.insertedAt)
            ends[record.state, default: DueHeap()].insert(record.id, due: record.finishedAt ?? record.insertedAt)
            feedEnd(record.id, record.state)
        }
    }
}
