import RoostJobs
import RoostTestKit

extension ModelWalk {
    private mutating func job() -> NewJob {
        var job = NewJob(
            id: id(), type: pick(["a", "b"]), queue: pick(["x", "y"]), payload: bytes(),
            priority: hasTenants ? pick([1, 5, 5, 9]) : 5, maxAttempts: Int(number(1...4)),
            resultTTL: .seconds(pick([5, 5000, 400_000])))
        job.start = pick([.now, .now, .now, .after(seconds(20))])
        if hasTenants { job.tenant = pick(promises.ordersTypes ? [nil, "t1", "t2", "t3"] : ["t1", "t2", "t3"]) }
        job.unique = pick([nil, nil, nil, UniqueRule(key: pick(["k1", "k2"]))])
        job.unique?.period = pick([nil, seconds(30), .seconds(20_000)])
        job.unique?.conflict = pick(
            hasTenants && !promises.leavesLanes ? [.reject, .extend] : UniqueRule.Conflict.allCases)
        if chance(10) { job.idempotency = IdempotencyKey(key: pick(["r1", "r2"]), digest: pick(["a", "b"])) }
        if chance(10) {
            // Their time is over while they are scheduled: the model forgets of one that ran meanwhile.
            job.start = .after(.seconds(900))
            job.unique = nil
            if chance(50) { job.startBy = .after(seconds(60)) } else { job.deadline = .after(seconds(60)) }
        }
        if chance(16), !jobs.isEmpty {
            job.parents = Array(Set((0...2).map { _ in pick(jobs).id })).sorted()
            job.parentRule = hasTenants && !promises.leavesLanes ? .ended : pick(NewJob.ParentRule.allCases)
        }
        if chance(12), let open = batches.last { job.batch = open }
        if chance(2), let over = closed.last { job.batch = over }
        if chance(16) { job.tags = pick([["x"], ["x", "y"]]) }
        if chance(25) { job.terms = pick([["n": "1"], ["n": "2", "m": "a b"]]) }
        if chance(10) { job.trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" }
        if chance(10) { job.retry = RetryPolicy(base: .seconds(2), jitter: 0) }
        return job
    }

    /// A job that has nothing but, where all have one, a tenant.
    mutating func bare(_ type: String, _ queue: String) -> NewJob {
        var job = NewJob(id: id(), type: type, queue: queue, payload: [1])
        if hasTenants, !promises.ordersTypes { job.tenant = "t1" }
        return job
    }

    mutating func enqueue() async throws {
        var some = (0..<number(1...4)).map { _ in job() }
        if chance(8), !jobs.isEmpty {
            // Once more, or anew when it is gone; who stands in the lane already keeps that place, on some stores.
            let old = pick(jobs)
            if try await model.job(old.id) != nil { some.append(old) } else if hasTenants { some = [old] }
        }
        let given = some
        jobs += given.filter { job in !jobs.contains { $0.id == job.id } }
        try await compare("enqueue \(given.map { "\($0.id) \($0.queue) \($0.priority) \($0.type)" })") {
            try await $0.enqueue(given)
        }
    }

    mutating func claim() async throws {
        workers += 1
        let limit = Int(pick([1, 1, 2, 5, 20]))
        // A claim of one job has a worker and a lease of its own, which may be lost: between jobs of one no order is
        // promised.
        let worker = limit == 1 ? "w\(workers)" : "steady"
        var types: Set<String>? = pick([nil, nil, ["a"], ["b"]])
        if !promises.ordersTypes, types == nil { types = [pick(["a", "b"])] }
        let request = ClaimRequest(
            queues: pick([["x"], ["y", "x"], ["x", "y"]]), types: types, limit: limit, worker: worker,
            lease: limit == 1 && promises.leasesByClock ? seconds(30) : .seconds(86_400))
        let mine = try await store.claim(request)
        tell("claim \(request): \(mine.map(\.job.id))")
        let its = try await model.claim(request)
        guard ordered(mine.map(\.job)) == ordered(its.map(\.job)) else {
            throw difference("claim", mine.map(\.job), its.map(\.job))
        }
        let tickets = Dictionary(its.map { ($0.job.id, $0.ticket) }) { first, _ in first }
        for claim in mine {
            guard let other = tickets[claim.job.id] else { continue }
            held.append(Held(mine: claim.ticket, its: other, worker: worker))
        }
    }

    /// Jobs in the order in which they are handed out, as far as one is promised: of tenants that take turns, what each got.
    private func ordered(_ jobs: [JobRecord]) -> [JobRecord] {
        guard hasTenants, !promises.ordersTypes else { return jobs }
        let keys = jobs.map { "\($0.priority) \($0.queue) \($0.tenant ?? "")" }
        return zip(keys, jobs).enumerated()
            .sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    }

    /// One byte, mostly; as many as a record or a result may have at most to be small, more or less, and far more.
    private mutating func bytes() -> [UInt8] {
        let byte = UInt8(number(0...255))
        let counts = [500, 511, 512, 513, 900, 2000]
        return [UInt8](repeating: byte, count: byte < 100 ? counts[Int(byte) % 6] + Int(byte) / 6 % 2 : 1)
    }

    private mutating func outcome() -> Outcome {
        pick([
            .done, .done, .done, .succeeded(result: bytes()), .retry(after: .zero, error: "e"),
            .retry(after: seconds(30), error: "e"), .failed(error: "e"), .released, .snoozed(.zero),
            .snoozed(seconds(30)), .cancelled(reason: "r"),
        ])
    }

    mutating func settle() async throws {
        if chance(5), let old = stale.last {
            tell("settle \(old.mine.id) again")
            let mine = try await store.settle(old.mine, .failed(error: "too late"))
            let its = try await model.settle(old.its, .failed(error: "too late"))
            if mine != its { throw difference("settle again", mine, its) }
            return
        }
        guard !held.isEmpty else { return }
        var ends: [(ticket: Held, outcome: Outcome)] = []
        for _ in 0..<(chance(20) ? min(held.count, 5) : 1) {
            ends.append((held.remove(at: Int(number(0...Int64(held.count - 1)))), outcome()))
        }
        tell("settle \(ends.map { ($0.ticket.mine.id, $0.outcome) })")
        let mine = try await store.settle(ends.map { AttemptEnd($0.ticket.mine, $0.outcome) })
        let its = try await model.settle(ends.map { AttemptEnd($0.ticket.its, $0.outcome) })
        if mine != its { throw difference("settle", mine, its) }
        for end in ends {
            switch end.outcome {
            case .failed, .cancelled: ended.insert(end.ticket.mine.id)
            default: break
            }
        }
        stale += ends.map(\.ticket)
        if chance(10) { held += ends.map(\.ticket) }
    }

    // MARK: Leases

    mutating func loseLeases() async throws {
        if chance(50), !held.isEmpty {
            let some = pick(held)
            let isShort = some.worker != "steady" && promises.leasesByClock
            let lease = isShort ? seconds(30) : Duration.seconds(86_400)
            tell("extend \(some.mine.id)")
            let mine = try await store.extend([some.mine], lease: lease)
            let its = try await model.extend([some.its], lease: lease)
            guard mine.lost.map(\.id) == its.lost.map(\.id), mine.cancelled.map(\.id) == its.cancelled.map(\.id) else {
                throw difference("extend", mine, its)
            }
            return
        }
        guard promises.leasesByClock else { return }
        try await compare("reclaim") { try await $0.reclaim(limit: 100, maxCrashes: 2) }
    }

    mutating func loseWorker() async throws {
        guard let worker = held.last(where: { $0.worker != "steady" })?.worker else { return }
        stale += held.filter { $0.worker == worker }
        held.removeAll { $0.worker == worker }
        try await compare("reclaim \(worker)") { try await $0.reclaim(worker: worker, limit: 10, maxCrashes: 2) }
    }

    // MARK: What a person does to a job

    mutating func control() async throws {
        guard !jobs.isEmpty else { return }
        let id = pick(jobs).id
        let isQueued = try await model.job(id)?.state == .queued
        switch number(0...9) {
        case 0..<5:
            if isQueued, hasTenants, !promises.leavesLanes { return }
            if isQueued { calledOff.insert(id) }
            try await compare("cancel \(id)") { try await $0.cancel(id, reason: "r") }
        case 5..<7:
            // What was called off while queued may stand in its old place again.
            guard hasTenants || !calledOff.contains(id) && ended.remove(id) != nil else { return }
            try await compare("replay \(id)") { try await $0.replay(id) }
        case 7:
            let letter = bare("a", "x")
            jobs.append(letter)
            try await compare("bury \(letter.id)") { try await $0.bury(letter, error: "no job") }
        default:
            if isQueued, hasTenants, !promises.leavesLanes { return }
            if isQueued { calledOff.insert(id) }
            try await compare("delete \(id)") { try await $0.delete(id) }
        }
    }
}
