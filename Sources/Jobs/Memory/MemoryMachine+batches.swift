extension MemoryMachine {
    struct BatchEntry: Sendable {
        var status: BatchStatus
        var members: [JobID] = []
        /// When nobody needs to know of it any more.
        var expiresAt: Timestamp?

        mutating func add(_ id: JobID) {
            members.append(id)
            status.total += 1
        }

        mutating func count(_ state: JobState) {
            switch state {
            case .done: status.done += 1
            case .failed: status.failed += 1
            default: status.cancelled += 1
            }
        }
    }

    mutating func openBatch(_ batch: NewBatch, now: Timestamp) {
        guard batches[batch.id] == nil else { return }
        batches[batch.id] = BatchEntry(status: BatchStatus(batch, openedAt: now))
        setBatchExpiry(batch.id, now.advanced(by: .seconds(7 * 86_400)))
        for follower in [batch.onComplete, batch.onSuccess].compactMap({ $0 }) where live(follower.id, now: now) == nil
        {
            insert(JobRecord(follower, state: .scheduled, insertedAt: now, runAt: nil), waitsFor: 1)
        }
    }

    mutating func closeBatch(_ id: JobID, now: Timestamp) -> BatchStatus? {
        guard let batch = batch(id, now: now) else { return nil }
        if batch.isOpen {
            batches[id]?.status.isOpen = false
            // What was closed in time is kept until its last member ended.
            batches[id]?.expiresAt = nil
        }
        _ = releaseFollowers(of: id, now: now)
        return batches[id]?.status
    }

    /// Lets the followers go once every member of a closed batch has ended; returns how many jobs that moved.
    mutating func releaseFollowers(of id: JobID, now: Timestamp) -> Int {
        guard let batch = batches[id]?.status, !batch.isOpen, batch.pending == 0, batch.finishedAt == nil else {
            return 0
        }
        batches[id]?.status.finishedAt = now
        setBatchExpiry(id, now.advanced(by: .seconds(86_400)))
        var moved = 0
        for (follower, mayRun) in [(batch.onComplete, true), (batch.onSuccess, batch.done == batch.total)] {
            guard let follower, let entry = entries[follower], entry.record.state == .scheduled, entry.waitsFor > 0
            else { continue }
            if mayRun {
                moved += release(follower, now: now)
            } else {
                end(follower, .cancelled, ErrorText.parent + id.description, now: now)
                moved += 1
            }
        }
        return moved
    }

    /// A batch whose time is not over.
    func batch(_ id: JobID, now: Timestamp) -> BatchStatus? {
        guard let batch = batches[id] else { return nil }
        if let expiry = batch.expiresAt, expiry <= now { return nil }
        return batch.status
    }

    /// Forgets batches whose time is over. Nothing else would let the followers of one that was never closed go.
    mutating func pruneBatches(now: Timestamp) {
        while let id = batchExpiries.popDue(now) {
            guard let batch = batches[id], let expiry = batch.expiresAt, expiry <= now else { continue }
            for follower in [batch.status.onComplete, batch.status.onSuccess].compactMap({ $0 }) {
                guard let entry = entries[follower], entry.record.state == .scheduled, entry.waitsFor > 0 else {
                    continue
                }
                end(follower, .cancelled, ErrorText.parent + id.description, now: now)
            }
            batches[id] = nil
        }
    }

    private mutating func setBatchExpiry(_ id: JobID, _ time: Timestamp) {
        batches[id]?.expiresAt = time
        batchExpiries.insert(id, due: time)
    }
}
