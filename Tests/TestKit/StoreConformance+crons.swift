import RoostJobs
import Testing

extension StoreConformance {
    static let crons: [StoreCase] = [
        StoreCase("a periodic job is kept as it was put") { store, clock async throws in
            var job = NewJob(type: "report", queue: "q", payload: Array("{\"a\":\"é \\u0000\"}".utf8), priority: 2)
            job.tags = ["nightly"]
            job.tenant = "acme"
            job.retry = RetryPolicy(.fixed(.seconds(3)))
            job.uniqueKey = "one"
            let entry = CronEntry(
                name: "night", schedule: "0 3 * * MON-FRI", timeZone: "Europe/Berlin", catchUp: .all, isPaused: true,
                job: job)
            let next = Timestamp(microseconds: 4_000_000_000_000_000)
            try await store.putCron(entry, next: next)
            #expect(try await store.crons() == [CronStatus(entry: entry, next: next, last: nil)])
            try await store.putCron(CronEntry(name: "a", schedule: "@daily", job: job), next: next)
            #expect(try await store.crons().map(\.entry.name) == ["a", "night"])
            #expect(try await store.deleteCron("night"))
            #expect(try await !store.deleteCron("night"))
            #expect(try await store.crons().map(\.entry.name) == ["a"])
            _ = clock
        },
        StoreCase("a slot is fired once, whoever tries") { store, clock async throws in
            let slot = Timestamp(microseconds: 1_000_000)
            let next = Timestamp(microseconds: 4_000_000_000_000_000)
            try await store.putCron(entry("c"), next: slot)
            let due = try await store.dueCrons(limit: 10, wait: .zero)
            #expect(due.crons.map(\.next) == [slot])
            #expect(due.now > slot)
            let job = NewJob(type: "t", queue: "q", payload: [])
            let fired = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await store.fireCron("c", slot: slot, next: next, jobs: [job]) }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(fired == 1)
            #expect(try await store.claims().map(\.job.id) == [job.id])
            let status = try #require(try await store.crons().first)
            #expect(status.next == next)
            #expect(status.last == slot)
            #expect(try await store.dueCrons(limit: 10, wait: .zero).crons.isEmpty)
            _ = clock
        },
        StoreCase("a slot of another definition is not fired") { store, clock async throws in
            let slot = Timestamp(microseconds: 1_000_000)
            try await store.putCron(entry("c"), next: slot)
            try await store.putCron(entry("c"), next: Timestamp(microseconds: 2_000_000))
            let job = NewJob(type: "t", queue: "q", payload: [])
            #expect(try await !store.fireCron("c", slot: slot, next: nil, jobs: [job]))
            #expect(try await !store.fireCron("nobody", slot: slot, next: nil, jobs: [job]))
            #expect(try await store.counts().total == 0)
            _ = clock
        },
        StoreCase("who waits for periodic jobs is woken when one is put that is due") { store, clock async throws in
            let start = ContinuousClock.now
            async let due = store.dueCrons(limit: 10, wait: clock.wait)
            try await clock.lull(store)
            try await store.putCron(entry("c"), next: Timestamp(microseconds: 1_000_000))
            #expect(try await due.crons.map(\.entry.name) == ["c"])
            #expect(ContinuousClock.now - start < clock.patience)
        },
        StoreCase("who waits for periodic jobs is woken when the next comes due") { store, clock async throws in
            let now = try await store.dueCrons(limit: 1, wait: .zero).now
            try await store.putCron(entry("late"), next: now.advanced(by: clock.long))
            try await store.putCron(entry("soon"), next: now.advanced(by: .milliseconds(60)))
            let due = try await store.dueCrons(limit: 10, wait: clock.wait)
            #expect(due.crons.map(\.entry.name) == ["soon"])
            #expect(due.now >= now.advanced(by: .milliseconds(60)))
        },
        StoreCase("one that never fires again is kept, and not due") { store, clock async throws in
            let slot = Timestamp(microseconds: 1_000_000)
            try await store.putCron(entry("c"), next: slot)
            #expect(try await store.fireCron("c", slot: slot, next: nil, jobs: []))
            #expect(try await store.dueCrons(limit: 10, wait: .zero).crons.isEmpty)
            #expect(try await store.crons().map(\.next) == [nil])
            try await store.putCron(entry("c"), next: slot)
            #expect(try await store.crons().map(\.last) == [slot])
            _ = clock
        },
        StoreCase("a slot's jobs are accepted like any others: their keys and ids count") { store, clock async throws in
            let slot = Timestamp(microseconds: 1_000_000)
            let second = Timestamp(microseconds: 2_000_000)
            try await store.putCron(entry("c"), next: slot)
            let unique = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.fireCron("c", slot: slot, next: second, jobs: [unique]))
            let other = NewJob(type: "t", queue: "q", payload: [], uniqueKey: "k")
            #expect(try await store.fireCron("c", slot: second, next: nil, jobs: [other]))
            #expect(try await store.claims().map(\.job.id) == [unique.id])
            _ = clock
        },
        StoreCase("a definition that breaks a limit is refused") { store, clock async throws in
            let next = Timestamp(microseconds: 1)
            var bad = entry("no name")
            await clock.expect(.invalid) { try await store.putCron(bad, next: next) }
            bad = entry("c")
            bad.schedule = String(repeating: "*", count: 201)
            await clock.expect(.invalid) { try await store.putCron(bad, next: next) }
            bad = entry("c")
            bad.job.priority = 0
            await clock.expect(.invalid) { try await store.putCron(bad, next: next) }
            #expect(try await store.crons().isEmpty)
        },
    ]

    private static func entry(_ name: String) -> CronEntry {
        CronEntry(name: name, schedule: "* * * * *", job: NewJob(type: "t", queue: "q", payload: []))
    }
}
