import RoostJobs
import Testing

extension StoreConformance {
    static let notes: [StoreCase] = [
        StoreCase("progress and log are kept while a job runs and after") { store, _ async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            #expect(try await store.notes(id) == JobNotes())
            #expect(try await store.note(claim.ticket, progress: [0x31], log: []) == .settled)
            #expect(
                try await store.note(claim.ticket, progress: nil, log: ["one", "two\nlines \\ \"x\" \u{1F680}"])
                    == .settled)
            #expect(try await store.note(claim.ticket, progress: [0x32], log: [""]) == .settled)
            _ = try await store.settle(claim.ticket, .done)
            let notes = try #require(try await store.notes(id))
            #expect(notes.progress == [0x32])
            #expect(notes.log.map(\.text) == ["one", "two\nlines \\ \"x\" \u{1F680}", ""])
            #expect(notes.log.allSatisfy { $0.attempt == 1 })
            #expect(notes.log.allSatisfy { $0.at >= claim.job.insertedAt })
        },
        StoreCase("only the claim that holds may note") { store, _ async throws in
            let id = try await store.enqueue1()
            let old = try await store.attempt(.released)
            let new = try await store.claim1()
            #expect(try await store.note(old, progress: [1], log: ["x"]) == .leaseLost)
            #expect(try await store.note(new.ticket.with(token: 0), progress: [1], log: []) == .leaseLost)
            #expect(try await store.notes(id) == JobNotes())
            _ = try await store.settle(new.ticket, .done)
            #expect(try await store.note(new.ticket, progress: [1], log: []) == .leaseLost)
            #expect(try await store.notes(JobIDGenerator.shared.next()) == nil)
        },
        StoreCase("a log is bounded: long lines are cut, the oldest go") { store, clock async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            let long = String(repeating: "é", count: JobLimits.logLineBytes)
            for index in 0..<30 {
                _ = try await store.note(claim.ticket, progress: nil, log: ["\(index)", long])
            }
            let log = try #require(try await store.notes(id)?.log)
            #expect(log.reduce(0) { $0 + $1.text.utf8.count } <= JobLimits.logBytes)
            #expect(log.count >= 10)
            #expect(log.allSatisfy { $0.text.utf8.count <= JobLimits.logLineBytes })
            #expect(log.last?.text.unicodeScalars.allSatisfy { $0 == "é" } ?? false)
            #expect(log.suffix(2).first?.text == "29")
            let tooMuch = [UInt8](repeating: 0x31, count: JobLimits.progressBytes + 1)
            await clock.expect(.invalid) { _ = try await store.note(claim.ticket, progress: tooMuch, log: []) }
        },
        StoreCase("failed attempts are remembered with their errors, the newest twenty") { store, _ async throws in
            let id = try await store.enqueue1()
            for attempt in 1...22 { try await store.attempt(.retry(after: .zero, error: "error \(attempt)")) }
            let claim = try await store.claim1(worker: "last worker".replacing(" ", with: "-"))
            _ = try await store.settle(claim.ticket, .failed(error: "the end"))
            let failures = try #require(try await store.notes(id)?.failures)
            #expect(failures.count == JobLimits.attemptsKept)
            #expect(failures.map(\.attempt) == Array(4...23))
            #expect(failures.last?.error == "the end")
            #expect(failures.last?.worker == "last-worker")
            #expect(failures.first?.error == "error 4")
            #expect(failures.allSatisfy { $0.endedAt >= $0.startedAt })
            #expect(failures.last?.startedAt == claim.job.startedAt)
        },
        StoreCase("a lost worker is remembered as a failed attempt; a hand-back is not") { store, clock async throws in
            let id = try await store.enqueue1()
            try await store.attempt(.released)
            try await store.attempt(.snoozed(.zero))
            _ = try await store.claim1(worker: "gone", lease: clock.short)
            _ = try await clock.reclaimed(store)
            let failures = try #require(try await store.notes(id)?.failures)
            #expect(failures.map(\.error) == [ErrorText.workerLost])
            #expect(failures.map(\.worker) == ["gone"])
            _ = try await store.claim1(worker: "gone", lease: clock.short)
            _ = try await clock.reclaimed(store, maxCrashes: 2)
            #expect(try await store.notes(id)?.failures.last?.error == ErrorText.poison(crashes: 2, worker: "gone"))
        },
        StoreCase("notes survive a replay and go with the record") { store, clock async throws in
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            _ = try await store.note(claim.ticket, progress: [1], log: ["line"])
            _ = try await store.settle(claim.ticket, .failed(error: "x"))
            _ = try await store.replay(id)
            #expect(try await store.notes(id)?.failures.count == 1)
            #expect(try await store.notes(id)?.log.count == 1)
            _ = try await store.cancel(id, reason: "x")
            _ = try await store.delete(id)
            #expect(try await store.notes(id) == nil)
            _ = clock
        },
        StoreCase("workers are known while their notice holds") { store, clock async throws in
            let a = WorkerNotice(worker: "a#1", queues: ["q", "other"], types: ["t", "u"])
            let b = WorkerNotice(worker: "b#1", queues: ["q"], types: nil)
            try await store.announce(b, ttl: clock.long)
            try await store.announce(a, ttl: clock.long)
            try await store.announce(WorkerNotice(worker: "c", queues: ["q"], types: []), ttl: clock.short)
            #expect(try await store.workers().contains(a))
            try await eventually("the notice ends") { try await store.workers() == [a, b] }
            try await store.withdraw(worker: "a#1")
            #expect(try await store.workers() == [b])
        },
        StoreCase("a job that waits for a slot says how many workers are busy, until one has room") { store, clock in
            let id = try await store.enqueue1()
            let busy = ["a#1", "b#1"].map { WorkerNotice(worker: $0, queues: ["p", "q"], types: nil, busy: ["q"]) }
            for notice in busy { try await store.announce(notice, ttl: clock.long) }
            // One that serves nothing, because it drains, and one that handles something else have no say.
            let draining = WorkerNotice(worker: "c#1", queues: [], types: nil)
            try await store.announce(draining, ttl: clock.long)
            let other = WorkerNotice(worker: "d#1", queues: ["q"], types: ["u"])
            try await store.announce(other, ttl: clock.long)
            #expect(try await store.workers() == busy + [draining, other])
            #expect(try await store.waitReasons(id) == [.busy(queue: "q", workers: 2), .position(ahead: 0)])
            #expect(try await store.details(id)?.waiting == [.busy(queue: "q", workers: 2), .position(ahead: 0)])
            let free = WorkerNotice(worker: "b#1", queues: ["p", "q"], types: nil, busy: ["p"])
            try await store.announce(free, ttl: clock.long)
            #expect(try await store.waitReasons(id) == [.position(ahead: 0)])
            for worker in ["a#1", "b#1"] { try await store.withdraw(worker: worker) }
            #expect(
                try await store.waitReasons(id) == [.noWorker(type: "t", queue: "q"), .position(ahead: 0)])
        },
        StoreCase("a job that waits says why") { store, clock async throws in
            let worker = WorkerNotice(worker: "w", queues: ["q"], types: ["t", "u"])
            try await store.announce(worker, ttl: clock.long)
            let first = try await store.enqueue1()
            let second = try await store.enqueue1()
            #expect(try await store.waitReasons(first) == [.position(ahead: 0)])
            #expect(try await store.waitReasons(second) == [.position(ahead: 1)])
            let odd = try await store.enqueue1(type: "odd")
            #expect(
                try await store.waitReasons(odd) == [.noWorker(type: "odd", queue: "q"), .position(ahead: 0)])
            let later = try await store.enqueue1(start: .after(clock.long))
            let runAt = try #require(try await store.record(later).runAt)
            #expect(try await store.waitReasons(later) == [.scheduled(until: runAt)])
            _ = try await store.setQueue("q", .pause)
            #expect(try await store.waitReasons(first) == [.paused(queue: "q"), .position(ahead: 0)])
            _ = try await store.setQueue("q", .resume)
            _ = try await store.setQueue("q", .with { $0.concurrency = 1 })
            let claim = try #require(try await store.claims(1, types: ["t"]).first)
            #expect(
                try await store.waitReasons(second)
                    == [.concurrency(queue: "q", tenant: nil, limit: 1), .position(ahead: 0)])
            guard case .running(let name, let until) = try await store.waitReasons(first).first else {
                Issue.record("a running job says so")
                return
            }
            #expect(name == "w")
            #expect(until > claim.job.insertedAt)
            _ = try await store.settle(claim.ticket, .done)
            #expect(try await store.waitReasons(first).isEmpty)
            #expect(try await store.waitReasons(JobIDGenerator.shared.next()).isEmpty)
        },
        StoreCase("a job held back by a rate or for other jobs says until when, or for how many") {
            store, clock async throws in
            try await store.announce(WorkerNotice(worker: "w", queues: ["q"], types: nil), ttl: clock.long)
            _ = try await store.setQueue("q", .with { $0.rate = RateLimit(count: 1, period: clock.long) })
            let parent = try await store.enqueue1()
            let other = try await store.enqueue1()
            let child = try await store.enqueue1 { $0.parents = [parent, other] }
            let started = try #require(try await store.claim1().job.startedAt)
            #expect(
                try await store.waitReasons(other)
                    == [
                        .rate(queue: "q", tenant: nil, until: started.advanced(by: clock.long)), .position(ahead: 0),
                    ])
            #expect(try await store.waitReasons(child) == [.parents(2)])
        },
        StoreCase("more ended jobs than are to be kept go, the oldest first") { store, _ async throws in
            var ids: [JobID] = []
            for _ in 0..<5 {
                ids.append(try await store.enqueue1())
                try await store.attempt(.done)
            }
            let failed = try await store.enqueue1()
            try await store.attempt(.failed(error: "x"))
            let retention = Retention(done: 2, failed: 1, cancelled: 0)
            var pruned = 0
            while true {
                let some = try await store.prune(limit: 2, retention: retention)
                #expect(some <= 2)
                if some == 0 { break }
                pruned += some
            }
            #expect(pruned == 3)
            #expect(try await store.list(JobQuery(state: .done)).jobs.map(\.id) == [ids[4], ids[3]])
            #expect(try await store.record(failed).state == .failed)
            #expect(try await store.counts()[.done] == 2)
        },
        StoreCase("a store that was used in every way still adds up") { store, clock async throws in
            var walk = StoreWalk(seed: 11, store: store, twin: nil)
            for _ in 0..<150 { try await walk.step() }
            let parent = try await store.enqueue1()
            try await store.enqueue1 { $0.parents = [parent] }
            try await store.enqueue(tenant: "x", count: 3)
            let batch = NewBatch(onComplete: NewJob(type: "t", queue: "q", payload: []))
            try await store.openBatch(batch)
            _ = try await store.enqueue(batch: batch.id, count: 2)
            _ = try await store.claims(3)
            _ = try await store.cancel(parent, reason: "x")
            let report = try await store.check(repair: false)
            #expect(report.findings == [])
            #expect(try await report.jobs == store.counts().total)
            _ = clock
        },
    ]
}
