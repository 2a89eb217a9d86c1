import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

@Suite("An SQLite store after a restart")
struct SQLiteRestartTests {
    @Test("everything is there again, and what ran is queued with a crash more")
    func keepsJobs() async throws {
        let folder = try SQLiteFolder()
        let crashed = try SQLiteFolder()
        var ids: [JobState: JobID] = [:]
        var totals = StoreCounts.Totals()
        var ticket: Claim.Ticket?
        try await folder.withStore { store async throws in
            ids[.done] = try await store.enqueue1(key: "k")
            try await store.attempt(.succeeded(result: [1, 2, 3]))
            ids[.failed] = try await store.enqueue1()
            try await store.attempt(.failed(error: "x"))
            ids[.cancelled] = try await store.enqueue1()
            try await store.attempt(.cancelled(reason: "x"))
            ids[.running] = try await store.enqueue1(payload: [UInt8](repeating: 3, count: 10_000))
            ticket = try await store.claim1().ticket
            ids[.scheduled] = try await store.enqueue1(start: .after(.seconds(600)))
            ids[.queued] = try await store.enqueue1()
            totals = try await store.counts().totals
            try folder.copyFiles(to: crashed)
        }
        try await crashed.withStore { store async throws in
            #expect(store.recovered == Reclaimed(requeued: [try #require(ids[.running])]))
            for (state, id) in ids where state != .running { #expect(try await store.record(id).state == state) }
            let back = try await store.record(try #require(ids[.running]))
            #expect(back.state == .queued)
            #expect(back.crashes == 1)
            #expect(back.attempt == 1)
            #expect(back.failures == 0)
            #expect(back.payload == [UInt8](repeating: 3, count: 10_000))
            #expect(try await store.record(try #require(ids[.done])).result == [1, 2, 3])
            #expect(try await store.job(uniqueKey: "k")?.id == ids[.done])
            totals.reclaimed += 1
            #expect(try await store.counts().totals == totals)
            #expect(
                try await store.counts().queues == [
                    "q": [.queued: 2, .scheduled: 1, .done: 1, .failed: 1, .cancelled: 1]
                ])
            #expect(try await store.settle(try #require(ticket), .done) == .leaseLost)
            #expect(try await store.claims().count == 2)
        }
    }

    @Test("tokens grow over a restart")
    func tokensGrow() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { _ = try await $0.enqueue(count: 10) }
        var last: UInt64 = 0
        for _ in 0..<3 {
            try await folder.withStore { store async throws in
                let claim = try await store.claim1()
                #expect(claim.ticket.token > last)
                last = claim.ticket.token
                #expect(try await store.settle(claim.ticket, .done) == .settled)
            }
        }
    }

    @Test("a settle repeated after a restart is still known")
    func remembersSettles() async throws {
        let folder = try SQLiteFolder()
        let ticket = try await folder.withStore { store async throws in
            try await store.enqueue1()
            return try await store.attempt(.done)
        }
        try await folder.withStore { store async throws in
            #expect(try await store.settle(ticket, .done) == .settled)
            #expect(try await store.counts().totals.done == 1)
        }
    }

    @Test("a job that was running in three crashes is a dead letter")
    func buriesPoison() async throws {
        var folder = try SQLiteFolder()
        let id = try await folder.withStore { try await $0.enqueue1() }
        for crash in 1...3 {
            let next = try SQLiteFolder()
            try await folder.withStore { store async throws in
                _ = try await store.claim1(worker: "worker@host:\(crash)")
                try folder.copyFiles(to: next)
            }
            folder = next
        }
        try await folder.withStore { store async throws in
            #expect(store.recovered == Reclaimed(dead: [id]))
            let record = try await store.record(id)
            #expect(record.state == .failed)
            #expect(record.error == "the worker was lost while running this job 3 times (last: worker@host:3)")
            #expect(record.crashes == 3)
            #expect(try await store.counts().totals.failed == 1)
        }
    }

    @Test("thousands of running jobs are taken back")
    func takesBackMany() async throws {
        let folder = try SQLiteFolder()
        try await folder.withStore { store async throws in
            _ = try await store.enqueue(count: 1700)
            while try await !store.claims(1000).isEmpty {}
        }
        try await folder.withStore { store async throws in
            #expect(store.recovered.requeued.count == 1700)
            #expect(try await store.counts()[.queued] == 1700)
        }
    }

    @Test("scheduled jobs that came due meanwhile are promoted")
    func promotesDue() async throws {
        let folder = try SQLiteFolder()
        let start = Timestamp.now()
        let id = try await folder.withStore(now: { start }) { try await $0.enqueue1(start: .after(.seconds(60))) }
        try await folder.withStore(now: { start.advanced(by: .seconds(61)) }) { store async throws in
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
            #expect(try await store.claim1().job.id == id)
        }
    }
}
