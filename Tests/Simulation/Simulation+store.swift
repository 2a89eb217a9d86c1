@testable import RoostJobs

extension Simulation {
    /// The store does what it was asked, and the checker sees its answer.
    mutating func execute(_ call: SimulatedCall, number: Int) {
        var answer = SimulatedAnswer.other
        switch call {
        case .enqueue(let job):
            checker.poll(store.machine, now: now)
            let isThere = store.machine.live(job.id, now: now) != nil
            let holder = checker.extendable(job, store.machine, now: now)
            let result = store.enqueue(job, now: now)
            checker.extended(holder, by: job, result, store.machine, now: now)
            if job.batch == nil || result != nil { checker.enqueued(job, result, isThere: isThere, now: now) }
            // The producer of a batch tries again until every member is in.
            if job.batch != nil, case .full = result { send(call, after: .seconds(3)) }
        case .cancel(let id):
            // What time and parents did to it first.
            checker.poll(store.machine, now: now)
            checker.cancelled(id, store.cancel(id, now: now), now: now)
        case .replay(let id):
            checker.poll(store.machine, now: now)
            checker.replayed(id, store.replay(id, now: now), now: now)
        case .delete(let id):
            checker.poll(store.machine, now: now)
            checker.deleted(id, store.delete(id, now: now), now: now)
        case .note(_, _, let ticket, let progress):
            checker.noted(ticket, progress, store.note(ticket, progress, now: now))
        case .rescue(let worker):
            var rescued = store.rescue(worker, now: now)
            while !rescued.isEmpty {
                checker.rescued(rescued, of: worker, now: now)
                rescued = store.rescue(worker, now: now)
            }
            checker.rescued(all: worker)
        case .setQueue(let name, let change):
            store.setQueue(name, change)
            checker.set(name, change)
        case .claim(let place, _, let limit):
            let before = looksAtOrder ? checker.ready(store.machine, now: now) : nil
            let claims = store.claim(request(workers[place].name, limit), now: now)
            checker.claimed(claims, by: workers[place].name, now: now)
            if let before {
                checker.ordered(claims, limit: limit, before: before, after: checker.ready(store.machine, now: now))
            }
            checkFollowers(claims)
            answer = .claims(claims)
        case .extend(_, _, let tickets):
            let extended = store.extend(tickets, now: now)
            checker.extended(tickets, extended, now: now)
            answer = .extended(extended)
        case .settle(let place, let incarnation, let ticket, let outcome):
            let result = store.settle(ticket, outcome, worker: "w\(place)#\(incarnation)", now: now)
            checker.settled(ticket, outcome, result, now: now)
            answer = .settled(result)
        case .fireCron(let slot): fire(slot)
        case .openBatch, .closeBatch: executeBatch(call)
        }
        self.answer(call, number: number, answer)
    }

    private func request(_ worker: String, _ limit: Int) -> ClaimRequest {
        ClaimRequest(
            queues: ["default", "limited", "fast"], limit: limit, worker: worker, lease: SimulatedStore.lease)
    }

    private mutating func fire(_ slot: Timestamp) {
        var job = NewJob(id: CronSlot(name: "c", time: slot).jobID, type: "cron", payload: [])
        job.maxAttempts = 1000
        let before = store.machine.counts.totals.enqueued
        let next = slot.advanced(by: Self.cronPeriod)
        let fired = store.fireCron("c", slot: slot, next: next, job: job, now: now)
        let accepted = store.machine.counts.totals.enqueued - before
        if fired {
            checker.firedSlots.append(slot)
            if accepted != 1 { checker.fail("slot \(slot) made \(accepted) jobs") }
            checker.enqueued(job, .accepted(job.id), now: now)
        } else if accepted != 0 {
            checker.fail("slot \(slot) made a job again")
        }
    }

    // MARK: A batch

    mutating func makeBatch() {
        var (complete, success) = (job("complete"), job("success"))
        (complete.maxAttempts, success.maxAttempts) = (1000, 1000)
        batch = NewBatch(id: job("batch").id, onComplete: complete, onSuccess: success)
        batchSize = Int.random(in: 1...4, using: &random)
        send(.openBatch)
    }

    private mutating func executeBatch(_ call: SimulatedCall) {
        guard let batch else { return }
        if case .openBatch = call {
            let isNew = store.machine.batches[batch.id] == nil
            store.machine.openBatch(batch, now: now)
            guard isNew else { return }
            for job in [batch.onComplete, batch.onSuccess].compactMap({ $0 }) { checker.follows(job, now: now) }
            fill(batch)
        } else if checker.members(of: batch.id).count < batchSize {
            // The producer closes only once all were accepted.
            send(.closeBatch, after: .seconds(2))
        } else {
            _ = store.machine.closeBatch(batch.id, now: now)
        }
    }

    private mutating func fill(_ batch: NewBatch) {
        for _ in 0..<batchSize {
            var job = job("member", payload: [1])
            job.batch = batch.id
            send(.enqueue(job))
        }
        send(.closeBatch, after: .seconds(3))
    }

    private mutating func checkFollowers(_ claims: [Claim]) {
        guard let batch else { return }
        for claim in claims {
            let (id, type) = (claim.job.id, claim.job.type)
            guard id == batch.onComplete?.id || id == batch.onSuccess?.id else { continue }
            // A replayed follower was let go before.
            if checker.jobs[id]?.isReplayed ?? false { continue }
            checker.started(follower: id, of: batch.id, isSuccess: type == "success", expected: batchSize)
        }
    }
}
