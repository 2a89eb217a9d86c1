@testable import RoostJobs

extension Simulation {
    /// A producer or an operator does something, and will again.
    mutating func act() {
        guard isFaulty else { return calmDown() }
        add(.act, after: .milliseconds(Int.random(in: 500...6000, using: &random)))
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<70: produce()
        case 70..<80: if let job = produced.randomElement(using: &random) { send(.cancel(job.id)) }
        case 80..<86: if let job = produced.randomElement(using: &random) { send(.replay(job.id)) }
        case 86..<89:
            if let job = produced.randomElement(using: &random) { send(.delete(job.id)) }
        case 89..<95: operate()
        default: if let job = produced.randomElement(using: &random) { send(.enqueue(job)) }
        }
    }

    private mutating func produce() {
        let queue = pick(["default", "default", "limited", "fast"])
        var job = job(pick(["a", "a", "b", "poison"]), queue: queue, payload: [UInt8(clamping: produced.count)])
        if job.type == "poison", chance(80) { job.type = "a" }
        job.priority = pick([1, 5, 5, 9])
        job.start = pick([.now, .now, .after(.seconds(1)), .after(.seconds(7))])
        job.resultTTL = pick([.seconds(3600), .seconds(3600), .seconds(30)])
        if chance(20) {
            job.unique = UniqueRule(key: pick(["k1", "k2", "k3"]))
            job.unique?.period = pick([nil, .seconds(4), .seconds(20)])
            job.unique?.conflict = pick(UniqueRule.Conflict.allCases)
        }
        if chance(15) {
            let key = pick(["r1", "r2", "r3"])
            job.idempotency = IdempotencyKey(key: key, digest: key)
        }
        if chance(10) { job.startBy = .after(.seconds(pick([1, 5]))) }
        if chance(10) { job.deadline = .after(.seconds(pick([8, 20]))) }
        if chance(30) { job.tenant = pick(["t1", "t2"]) }
        if chance(25), !produced.isEmpty {
            job.parents = Array(Set((0..<2).map { _ in pick(produced).id })).sorted()
            job.parentRule = pick(NewJob.ParentRule.allCases)
        }
        produced.append(job)
        send(.enqueue(job))
    }

    private mutating func operate() {
        let name = pick(["default", "limited", "fast", QueueSettings.all])
        switch name {
        case "limited":
            send(.setQueue(name, .with { $0.concurrency = 2 }))
            send(.setQueue(name, .with { $0.tenantConcurrency = 1 }))
        case "fast": send(.setQueue(name, .with { $0.rate = RateLimit(count: 2, period: .seconds(6)) }))
        default:
            send(.setQueue(name, pick([.pause, .resume])))
            if name == "default", chance(20) { send(.setQueue(name, .with { $0.quota = 3 })) }
            if name == "default", chance(30) {
                send(.setQueue(name, .with { $0.tenantRate = RateLimit(count: 2, period: .seconds(5)) }))
            }
            if name == QueueSettings.all, chance(30) { send(.setQueue(name, .with { $0.concurrency = 4 })) }
            if name == QueueSettings.all, chance(30) {
                send(.setQueue(name, .with { $0.rate = RateLimit(count: 4, period: .seconds(3)) }))
            }
        }
    }

    /// Very many short jobs come at once, a few of a lower band and of another tenant behind them.
    mutating func burst() {
        let isTenants = chance(50)
        for number in 0..<70 {
            var job = job("short", payload: [UInt8(clamping: number)])
            let isLast = number >= 64
            job.priority = isTenants || !isLast ? 1 : 9
            if isTenants { job.tenant = isLast ? "t2" : "t1" }
            send(.enqueue(job), after: .milliseconds(number))
        }
    }

    /// The operator leaves everything open.
    private mutating func calmDown() {
        send(
            .setQueue(
                QueueSettings.all,
                .with {
                    $0.concurrency = .some(nil)
                    $0.rate = .some(nil)
                }))
        for name in ["default", "limited", "fast", QueueSettings.all] { send(.setQueue(name, .resume)) }
    }
}
