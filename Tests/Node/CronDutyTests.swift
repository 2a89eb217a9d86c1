import Logging
import RoostJobs
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("periodic jobs of a node", .timeLimit(.minutes(2)))
struct CronDutyTests {
    private let hands = ClockHands("2026-03-01T11:59:59.5Z")
    private let noon = moment("2026-03-01T12:00:00Z")

    /// The test's clock wakes nobody, so the store is asked often.
    private func configuration(_ name: String = "worker@test") -> NodeConfiguration {
        var configuration = quick(name)
        configuration.claimWait = .milliseconds(10)
        configuration.timeZones = "/nonexistent"
        return configuration
    }

    private func entry(_ name: String, _ schedule: String, zone: String = "UTC") -> CronEntry {
        CronEntry(
            name: name, schedule: schedule, timeZone: zone, catchUp: .all,
            job: NewJob(type: "t", payload: Array("{}".utf8)))
    }

    private func status(_ store: any JobStore, _ name: String) async throws -> CronStatus {
        try #require(try await store.crons().first { $0.entry.name == name })
    }

    @Test("each slot is run once, however many nodes there are")
    func once() async throws {
        let store = hands.store()
        let runs = Counter()
        let handlers = try handlers { _, _ in
            runs.up()
            return null
        }
        try await store.putCron(entry("c", "* * * * *"), next: noon)
        try await withNode(store, configuration("a"), handlers: handlers) { _ in
            try await withNode(store, configuration("b"), handlers: handlers) { _ in
                for minute in 1...5 {
                    hands.advance(by: .seconds(60))
                    try await eventually("slot \(minute) was run") { try await store.counts()[.done] == minute }
                }
            }
        }
        #expect(runs.value == 5)
        #expect(try await store.counts().totals.enqueued == 5)
        let last = noon.advanced(by: .seconds(240))
        #expect(try await status(store, "c").last == last)
        #expect(try await store.job(CronSlot(name: "c", time: last).jobID)?.state == .done)
    }

    @Test("slots missed while no node was there are caught up with")
    func catchesUp() async throws {
        let store = hands.store()
        try await store.putCron(entry("c", "@hourly"), next: noon)
        hands.advance(by: .seconds(5 * 3600 + 60))
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { _ in
            try await eventually("all were run") { try await store.counts()[.done] == 6 }
        }
        #expect(try await status(store, "c").next == noon.advanced(by: .seconds(6 * 3600)))
    }

    @Test("a schedule that cannot be read is put off for an hour and does not hold up the others")
    func unreadable() async throws {
        let store = FaultyStore(hands.store())
        try await store.putCron(entry("bad", "61 * * * *"), next: noon)
        try await store.putCron(entry("worse", "0 9 * * *", zone: "../../etc/passwd"), next: noon)
        try await store.putCron(entry("good", "* * * * *"), next: noon)
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { node in
            hands.advance(by: .seconds(1))
            try await eventually("the good one was run") { try await store.counts()[.done] == 1 }
            for name in ["bad", "worse"] {
                #expect(try await status(store, name).next == hands.now.advanced(by: CronDuty.rest))
            }
            // It is tried again, not spun on.
            let fired = store.count(.fireCron)
            let asked = store.count(.dueCrons)
            try await eventually("time goes by") { store.count(.dueCrons) > asked + 5 }
            #expect(store.count(.fireCron) == fired)
            #expect(node.status.duties.contains { $0.name == "cron" && $0.restarts == 0 })
        }
    }

    @Test("a zone this machine does not have is left to other nodes for a while, then put off")
    func missingZone() async throws {
        let store = FaultyStore(hands.store())
        try await store.putCron(entry("c", "0 * * * *", zone: "Europe/Berlin"), next: noon)
        hands.advance(by: .seconds(1))
        let executor = try ThreadExecutor()
        func duty(patience: Duration) -> CronDuty {
            CronDuty(
                store: store, wait: .milliseconds(10), timeZones: "/nonexistent", patience: patience,
                loop: StoreLoop("cron", executor: executor, logger: silent))
        }
        let waiting = Task { try await duty(patience: .seconds(3600)).run() }
        try await eventually("it was seen") { store.count(.dueCrons) >= 2 }
        #expect(store.count(.fireCron) == 0)
        waiting.cancel()
        _ = await waiting.result
        let tired = Task { try await duty(patience: .milliseconds(20)).run() }
        try await eventually("it was put off") {
            try await status(store, "c").next == hands.now.advanced(by: CronDuty.rest)
        }
        tired.cancel()
        _ = await tired.result
        #expect(try await store.counts().total == 0)
    }

    @Test("a job the store refuses costs its slots for an hour, not the other periodic jobs")
    func refused() async throws {
        let store = RefusingCronStore(base: hands.store())
        try await store.putCron(entry("bad", "* * * * *"), next: noon)
        try await store.putCron(entry("good", "* * * * *"), next: noon)
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { _ in
            hands.advance(by: .seconds(1))
            try await eventually("the good one was run") { try await store.counts()[.done] == 1 }
            #expect(try await status(store, "bad").next == hands.now.advanced(by: CronDuty.rest))
        }
    }

    @Test("an outage costs no slot and no restart")
    func outage() async throws {
        let store = FaultyStore(hands.store())
        try await store.putCron(entry("c", "@hourly"), next: noon)
        store.fail(.fireCron, .unknown)
        try await withNode(store, configuration(), handlers: try handlers { _, _ in null }) { node in
            hands.advance(by: .seconds(1))
            try await eventually("firing was tried") { store.count(.fireCron) >= 2 }
            store.fail(.fireCron, nil)
            try await eventually("it was run") { try await store.counts()[.done] == 1 }
            #expect(node.status.duties.allSatisfy { $0.restarts == 0 })
        }
    }
}

/// Takes no jobs of the periodic job `bad`.
private struct RefusingCronStore: StoreForwarding {
    let base: MemoryStore

    func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) async throws(StoreError) -> Bool {
        if name == "bad", !jobs.isEmpty { throw StoreError(.invalid, "not that") }
        return try await base.fireCron(name, slot: slot, next: next, jobs: jobs)
    }
}
