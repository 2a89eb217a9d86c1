import RoostTestKit

@testable import RoostJobs

/// One cluster's life under a virtual clock: producers, workers, schedulers and a store, with a network that loses,
/// delays and repeats, processes that die or stall, and a clock that steps. The same seed is the same life.
struct Simulation {
    static let cronPeriod = Duration.seconds(10)
    static let second: Int64 = 1_000_000
    /// When the faults end, and when everything must have ended.
    static let faultsEnd = 60 * second
    static let end = 450 * second
    /// When nothing comes in any more, and it is over once every job has ended.
    static let settled = 105 * second
    /// When the last periodic job may be fired.
    static let quiet = 65 * second

    var random: SeededGenerator
    var store: SimulatedStore
    var checker = Checker()
    var workers = (0..<3).map { SimulatedWorker(place: $0) }
    var queue = EventQueue()
    var time: Int64 = 0
    /// What the store's clock adds to the time.
    var skew: Int64 = 1_000_000_000_000
    var answered: Set<Int> = []
    var calls = 0
    var produced: [NewJob] = []
    var batch: NewBatch?
    var batchSize = 0
    var looksAtOrder = false
    /// What happened, line by line, when somebody wants to read it.
    var story: [String]?
    /// How often each kind of fault struck.
    var faults: [String: Int] = [:]

    init(seed: UInt64, mutant: Mutant? = nil) {
        random = SeededGenerator(seed: seed)
        store = SimulatedStore(mutant: mutant)
    }

    /// The store's time.
    var now: Timestamp { Timestamp(microseconds: time + skew) }

    var isFaulty: Bool { time < Self.faultsEnd }

    /// Lives through it all; returns the promises that were broken.
    mutating func run() -> [String] {
        begin()
        while let (at, event) = queue.next(), at < Self.end {
            time = max(time, at)
            happen(event)
            if !checker.violations.isEmpty { return checker.violations }
            if time > Self.settled, checker.jobs.values.allSatisfy({ $0.endState != nil }) { break }
        }
        checker.poll(store.machine, now: now)
        checker.recount(store.machine)
        checker.finish(feed: store.machine.feed?.oldest(.max) ?? [], now: now)
        return checker.violations
    }

    private mutating func begin() {
        let cron = CronEntry(name: "c", schedule: "@every 10s", job: job("cron"))
        _ = store.machine.putCron(cron, next: now.advanced(by: .seconds(5)))
        for _ in 0..<Int.random(in: 4...8, using: &random) { add(.act, within: 1 * Self.second) }
        for worker in workers.indices {
            add(.beat(worker: worker, incarnation: 0), within: 5 * Self.second)
            send(.claim(worker: worker, incarnation: 0, limit: SimulatedWorker.slots))
        }
        for _ in 0..<2 {
            add(.duties, within: Self.second)
            add(.scheduler, within: Self.second)
        }
        queue.add(.act, at: 100 * Self.second)
        if chance(40) { makeBatch() }
        // Who comes first takes long to see: some lives are looked at.
        looksAtOrder = chance(4)
        if chance(2) {
            looksAtOrder = true
            burst()
        }
        plan(.crash(worker: pick([0, 1, 2])), times: 0...3)
        plan(.stall(worker: pick([0, 1, 2]), .seconds(pick([2, 8, 20, 40]))), times: 0...2)
        // What a rate lets start is told by the store's clock: one that steps back is for the other lives.
        plan(.clockStep(.seconds(pick(looksAtOrder ? [1, 10, 60] : [-20, -1, 1, 10, 60]))), times: 0...1)
    }

    private mutating func plan(_ event: SimulatedEvent, times: ClosedRange<Int>) {
        for _ in 0..<Int.random(in: times, using: &random) { add(event, within: Self.faultsEnd) }
    }

    mutating func add(_ event: SimulatedEvent, within span: Int64) {
        queue.add(event, at: time + Int64.random(in: 0...span, using: &random))
    }

    mutating func add(_ event: SimulatedEvent, after delay: Duration) {
        queue.add(event, at: time + max(0, delay.clampedMicroseconds))
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    mutating func pick<T>(_ items: [T]) -> T { items[Int.random(in: 0..<items.count, using: &random)] }

    /// A job with an id that is the same in every run.
    mutating func job(_ type: String, queue: String = JobDefaults.queue, payload: [UInt8] = []) -> NewJob {
        let id = JobID(high: UInt64(time / 1000) << 16, low: .random(in: 0...(.max), using: &random))
        return NewJob(id: id, type: type, queue: queue, payload: payload)
    }

    mutating func struck(_ fault: String) { faults[fault, default: 0] += 1 }

    // MARK: The network

    mutating func send(_ call: SimulatedCall, after delay: Duration = .zero) {
        calls += 1
        add(.send(call, number: calls), after: delay)
    }

    /// Decides what becomes of a call on its way.
    mutating func carry(_ call: SimulatedCall, number: Int) {
        let way = Int64.random(in: 100...3_000, using: &random)
        add(.timeout(call, number: number), after: .seconds(1))
        guard isFaulty else { return queue.add(.execute(call, number: number), at: time + way) }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<3: struck("request lost")
        case 3..<6:
            struck("request repeated")
            queue.add(.execute(call, number: number), at: time + way)
            queue.add(.execute(call, number: number), at: time + way + Int64.random(in: 0...8_000_000, using: &random))
        case 6..<8:
            struck("request late")
            queue.add(.execute(call, number: number), at: time + Int64.random(in: 0...20_000_000, using: &random))
        default: queue.add(.execute(call, number: number), at: time + way)
        }
    }

    /// The store did it; the answer may be lost.
    mutating func answer(_ call: SimulatedCall, number: Int, _ answer: SimulatedAnswer) {
        if isFaulty, chance(4) { return struck("reply lost") }
        queue.add(
            .answer(call, number: number, answer), at: time + Int64.random(in: 100...3_000, using: &random))
    }
}
