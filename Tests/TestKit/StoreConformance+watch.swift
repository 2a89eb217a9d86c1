import RoostJobs
import Testing

extension StoreConformance {
    static let watching: [StoreCase] = [
        StoreCase("a watcher hears of everything that happens to its job") { store, clock async throws in
            let id = try await store.enqueue1()
            let hints = store.changes(of: id)
            #expect(await clock.hint(hints), "the watch stands")
            let claim = try await store.claim1()
            #expect(await clock.hint(hints), "claimed")
            _ = try await store.note(claim.ticket, progress: [0x31], log: [])
            #expect(await clock.hint(hints), "progress")
            _ = try await store.note(claim.ticket, progress: nil, log: ["line"])
            #expect(await clock.hint(hints), "a line of log")
            _ = try await store.cancel(id, reason: "x")
            #expect(await clock.hint(hints), "a wish to cancel")
            _ = try await store.settle(claim.ticket, .failed(error: "x"))
            #expect(await clock.hint(hints), "settled")
            _ = try await store.replay(id)
            #expect(await clock.hint(hints), "replayed")
            _ = try await store.cancel(id, reason: "x")
            #expect(await clock.hint(hints), "cancelled")
            _ = try await store.delete(id)
            #expect(await clock.hint(hints), "deleted")
        },
        StoreCase("a watcher hears of what time and other jobs do to its job") { store, clock async throws in
            let later = try await store.enqueue1(start: .after(clock.short))
            var hints = store.changes(of: later)
            #expect(await clock.hint(hints), "the watch stands")
            try await clock.promoted(store)
            #expect(await clock.hint(hints), "promoted")
            _ = try await store.claim1(lease: clock.short)
            #expect(await clock.hint(hints), "claimed")
            _ = try await clock.reclaimed(store)
            #expect(await clock.hint(hints), "reclaimed")
            let child = try await store.enqueue1 { $0.parents = [later] }
            hints = store.changes(of: child)
            #expect(await clock.hint(hints), "the watch stands")
            _ = try await store.cancel(later, reason: "x")
            try await clock.promoted(store)
            #expect(await clock.hint(hints), "its parent was cancelled")
            #expect(try await store.record(child).state == .cancelled)
        },
        StoreCase("a watcher may be there before its job") { store, clock async throws in
            let job = NewJob(type: "t", queue: "q", payload: [])
            let hints = store.changes(of: job.id)
            #expect(await clock.hint(hints), "the watch stands")
            _ = try await store.enqueue(count: 3)
            _ = try await store.enqueue([job])
            #expect(await clock.hint(hints), "enqueued")
            #expect(try await store.record(job.id).state == .queued)
        },
        StoreCase("several watch one job, and each hears") { store, clock async throws in
            let id = try await store.enqueue1()
            let streams = (0..<3).map { _ in store.changes(of: id) }
            for stream in streams { #expect(await clock.hint(stream)) }
            _ = try await store.claim1()
            for stream in streams { #expect(await clock.hint(stream)) }
        },
        StoreCase("a slow reader's hints collapse, and the last look shows all") { store, clock async throws in
            let id = try await store.enqueue1()
            let hints = store.changes(of: id)
            #expect(await clock.hint(hints))
            let claim = try await store.claim1()
            for _ in 0..<50 { _ = try await store.note(claim.ticket, progress: [0x31], log: []) }
            _ = try await store.settle(claim.ticket, .done)
            #expect(await clock.hint(hints))
            #expect(try await store.record(id).state == .done)
        },
        StoreCase("closing the store ends its watches") { store, clock async throws in
            let id = try await store.enqueue1()
            let hints = store.changes(of: id)
            #expect(await clock.hint(hints))
            await store.close()
            for await _ in hints {}
            for await _ in store.changes(of: id) {}
        },
    ]

    static let endings: [StoreCase] = [
        StoreCase("without a feed no end is kept") { store, _ async throws in
            try await store.enqueue1()
            try await store.attempt(.done)
            #expect(try await store.ends(limit: 10, wait: .zero).isEmpty)
            try await store.keepEnds(true)
            #expect(try await store.ends(limit: 10, wait: .zero).isEmpty)
            try await store.enqueue1()
            try await store.attempt(.done)
            try await store.keepEnds(true)
            #expect(try await store.ends(limit: 10, wait: .zero).count == 1)
            try await store.keepEnds(false)
            try await store.enqueue1()
            try await store.attempt(.done)
            try await store.keepEnds(true)
            #expect(try await store.ends(limit: 10, wait: .zero).isEmpty)
        },
        StoreCase("ends come oldest first, and again until they are forgotten") { store, _ async throws in
            try await store.keepEnds(true)
            let ids = try await store.enqueue(count: 5)
            for claim in try await store.claims() { _ = try await store.settle(claim.ticket, .done) }
            let two = try await store.ends(limit: 2, wait: .zero)
            #expect(two.map(\.id) == Array(ids[..<2]))
            #expect(try await store.ends(limit: 2, wait: .zero) == two)
            let all = try await store.ends(limit: 10, wait: .zero)
            #expect(all.map(\.id) == ids)
            #expect(Set(all.map(\.position)).count == 5)
            try await store.forgetEnds(through: two[1].position)
            #expect(try await store.ends(limit: 10, wait: .zero) == Array(all[2...]))
            try await store.forgetEnds(through: two[0].position)
            #expect(try await store.ends(limit: 10, wait: .zero) == Array(all[2...]))
            try await store.forgetEnds(through: all[4].position)
            try await store.forgetEnds(through: "nonsense")
            #expect(try await store.ends(limit: 10, wait: .zero).isEmpty)
            try await store.enqueue1()
            try await store.attempt(.done)
            let next = try await store.ends(limit: 10, wait: .zero)
            #expect(next.count == 1 && !all.contains(next[0]))
        },
        StoreCase("whoever waits for an end gets it at once") { store, clock async throws in
            try await store.keepEnds(true)
            let id = try await store.enqueue1()
            let start = ContinuousClock.now
            async let ends = store.ends(limit: 10, wait: clock.wait)
            try await clock.lull(store)
            try await store.attempt(.done)
            #expect(try await ends.map(\.id) == [id])
            #expect(ContinuousClock.now - start < clock.patience, "nothing woke it")
        },
        StoreCase("a job that is replayed ends again") { store, _ async throws in
            try await store.keepEnds(true)
            let id = try await store.enqueue1()
            try await store.attempt(.failed(error: "x"))
            _ = try await store.replay(id)
            try await store.attempt(.done)
            let ends = try await store.ends(limit: 10, wait: .zero)
            #expect(ends.map(\.id) == [id, id])
            #expect(ends.map(\.state) == [.failed, .done])
        },
        StoreCase("an outcome that is told twice is one end, a retry none") { store, _ async throws in
            try await store.keepEnds(true)
            try await store.enqueue1()
            try await store.attempt(.retry(after: .zero, error: "x"))
            try await store.attempt(.released)
            let ticket = try await store.attempt(.done)
            _ = try await store.settle(ticket, .done)
            #expect(try await store.ends(limit: 10, wait: .zero).count == 1)
        },
        StoreCase("every way to end is in the feed, each once") { store, clock async throws in
            try await store.keepEnds(true)
            let expected = try await endInEveryWay(store, clock)
            let ends = try await store.ends(limit: 1000, wait: .zero)
            #expect(ends.count == expected.count)
            for end in ends {
                let state = try await store.record(end.id).state
                #expect(end.state == state && expected.contains(end.id), "\(end) is \(state)")
            }
            #expect(Set(ends.map(\.id)) == expected)
        },
    ]

    /// Jobs, each of which came to its end in another way.
    private static func endInEveryWay(_ store: any JobStore, _ clock: StoreClock) async throws -> Set<JobID> {
        var ended: Set<JobID> = []
        for outcome in [Outcome.done, .failed(error: "x"), .cancelled(reason: "x")] {
            ended.insert(try await store.enqueue1())
            try await store.attempt(outcome)
        }
        // Cancelled while they wait, or when they would run again.
        for start in [NewJob.Start.now, .after(clock.long)] {
            let id = try await store.enqueue1(start: start)
            _ = try await store.cancel(id, reason: "x")
            ended.insert(id)
        }
        for outcome in [Outcome.released, .retry(after: .zero, error: "x")] {
            let id = try await store.enqueue1()
            let claim = try await store.claim1()
            _ = try await store.cancel(id, reason: "x")
            _ = try await store.settle(claim.ticket, outcome)
            ended.insert(id)
        }
        // Overdue: found by the sweep, or by the retry that would come too late.
        ended.insert(try await store.enqueue1 { $0.startBy = .after(clock.short) })
        ended.insert(try await store.enqueue1(start: .after(clock.long)) { $0.deadline = .after(clock.short) })
        try await clock.promoted(store, count: 2)
        for outcome in [Outcome.retry(after: clock.long, error: "x"), .snoozed(clock.long)] {
            ended.insert(try await store.enqueue1 { $0.deadline = .after(.seconds(300)) })
            try await store.attempt(outcome)
        }
        // Lost with its worker, dead or called off.
        ended.insert(try await store.enqueue1())
        _ = try await store.claim1(lease: clock.short)
        _ = try await clock.reclaimed(store, maxCrashes: 1)
        let lost = try await store.enqueue1()
        _ = try await store.claim1(worker: "lost")
        _ = try await store.cancel(lost, reason: "x")
        _ = try await store.reclaim(worker: "lost", limit: 10, maxCrashes: 3)
        ended.insert(lost)
        return ended.union(try await endByOthers(store, clock))
    }

    /// Jobs that ended because of others.
    private static func endByOthers(_ store: any JobStore, _ clock: StoreClock) async throws -> Set<JobID> {
        let parent = try await store.enqueue1()
        var ended: Set = [parent, try await store.enqueue1 { $0.parents = [parent] }]
        _ = try await store.cancel(parent, reason: "x")
        try await clock.promoted(store)
        ended.insert(try await store.enqueue1 { $0.parents = [parent] })
        for _ in 0..<3 {
            let id = try await store.enqueue1 { $0.unique = UniqueRule(key: "k", conflict: .replace) }
            ended.insert(id)
        }
        // The last of them still waits.
        let last = try #require(try await store.job(uniqueKey: "k")?.id)
        ended.remove(last)
        _ = try await store.delete(last)
        let buried = NewJob(type: "t", queue: "q", payload: [])
        for _ in 0..<2 { try await store.bury(buried, error: "x") }
        ended.insert(buried.id)
        let success = NewJob(type: "success", queue: "q", payload: [])
        let batch = NewBatch(onSuccess: success)
        try await store.openBatch(batch)
        for member in try await store.enqueue(batch: batch.id, count: 2) {
            _ = try await store.cancel(member, reason: "x")
            ended.insert(member)
        }
        _ = try await store.closeBatch(batch.id)
        try await clock.promoted(store)
        return ended.union([success.id])
    }
}

extension StoreClock {
    /// Whether a watcher gets a hint within its patience.
    func hint(_ hints: AsyncStream<Void>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                var iterator = hints.makeAsyncIterator()
                return await iterator.next() != nil
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}
