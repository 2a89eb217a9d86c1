import RoostJobs
import Testing

extension StoreConformance {
    static let families: [StoreCase] = [
        StoreCase("a child starts when its parents are done, and finds their results") { store, clock async throws in
            let first = try await store.enqueue1()
            let second = try await store.enqueue1()
            let child = try await store.enqueue1 { $0.parents = [second, first] }
            #expect(try await store.record(child).state == .scheduled)
            #expect(try await store.record(child).hasParents)
            let claims = try await store.claims()
            #expect(claims.map(\.job.id) == [first, second])
            _ = try await store.settle(claims[0].ticket, .succeeded(result: [1]))
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.claims().isEmpty)
            _ = try await store.settle(claims[1].ticket, .succeeded(result: [2]))
            try await clock.promoted(store)
            let claim = try await store.claim1()
            #expect(claim.job.id == child)
            #expect(try await store.parents(of: child).map(\.result) == [[2], [1]])
        },
        StoreCase("a waiting claim gets the child as soon as its parent is done") { store, clock async throws in
            let parent = try await store.enqueue1(type: "parent")
            let child = try await store.enqueue1 { $0.parents = [parent] }
            let claim = try #require(try await store.claims(types: ["parent"]).first)
            async let promoting = store.promoteDue(limit: 10, wait: clock.wait)
            let claims = try await clock.claimed(store, types: ["t"]) {
                _ = try await store.settle(claim.ticket, .done)
            }
            #expect(claims.map(\.job.id) == [child])
            #expect(try await promoting == 1)
        },
        StoreCase("parents that ended before are no wait") { store, _ async throws in
            let parent = try await store.enqueue1()
            try await store.attempt(.succeeded(result: [9]))
            let child = try await store.enqueue1 { $0.parents = [parent] }
            #expect(try await store.claims().map(\.job.id) == [child])
            #expect(try await store.parents(of: child).map(\.result) == [[9]])
        },
        StoreCase("a child is cancelled when a parent fails, is cancelled or deleted") { store, clock async throws in
            for end in 0..<3 {
                let parent = try await store.enqueue1()
                let child = try await store.enqueue1 { $0.parents = [parent] }
                let grandchild = try await store.enqueue1 { $0.parents = [child] }
                switch end {
                case 0: try await store.attempt(.failed(error: "x"))
                case 1: _ = try await store.cancel(parent, reason: "x")
                default: _ = try await store.delete(parent)
                }
                try await clock.promoted(store, count: 2)
                #expect(try await store.record(child).state == .cancelled)
                #expect(try await store.record(child).error == ErrorText.parent + parent.description)
                #expect(try await store.record(grandchild).error == ErrorText.parent + child.description)
            }
            #expect(try await store.claims().isEmpty)
        },
        StoreCase("a child that only waits for the end runs whatever the parents came to") {
            store, clock async throws in
            let parents = try await store.enqueue(count: 2)
            let child = try await store.enqueue1 { job in
                job.parents = parents
                job.parentRule = .ended
            }
            try await store.attempt(.failed(error: "x"))
            _ = try await store.cancel(parents[1], reason: "x")
            try await clock.promoted(store)
            #expect(try await store.claims().map(\.job.id) == [child])
        },
        StoreCase("a child of a parent that failed or is not there is cancelled at once, or not held up") {
            store, _ async throws in
            let gone = JobIDGenerator.shared.next()
            let failed = try await store.enqueue1()
            try await store.attempt(.failed(error: "x"))
            for parent in [gone, failed] {
                let child = try await store.enqueue1 { $0.parents = [parent] }
                #expect(try await store.record(child).state == .cancelled)
                let other = try await store.enqueue1 { job in
                    job.parents = [parent]
                    job.parentRule = .ended
                }
                #expect(try await store.claims().map(\.job.id) == [other])
            }
        },
        StoreCase("a child with a time to come waits for both") { store, clock async throws in
            let parent = try await store.enqueue1()
            let late = try await store.enqueue1(start: .after(clock.long)) { $0.parents = [parent] }
            let soon = try await store.enqueue1(start: .after(clock.short)) { $0.parents = [parent] }
            #expect(try await store.promoteDue(limit: 10, wait: .milliseconds(60)) == 0)
            try await store.attempt(.done)
            try await clock.promoted(store)
            #expect(try await store.claims().map(\.job.id) == [soon])
            #expect(try await store.record(late).state == .scheduled)
        },
        StoreCase("a parent's second end tells nobody twice") { store, clock async throws in
            let parent = try await store.enqueue1()
            let other = try await store.enqueue1()
            let child = try await store.enqueue1 { job in
                job.parents = [parent, other]
                job.parentRule = .ended
            }
            try await store.attempt(.failed(error: "x"))
            _ = try await store.promoteDue(limit: 10, wait: .zero)
            _ = try await store.replay(parent)
            let claims = try await store.claims()
            let again = try #require(claims.first { $0.job.id == parent })
            _ = try await store.settle(again.ticket, .done)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.record(child).state == .scheduled)
        },
        StoreCase("a cancelled child is not woken by its parents") { store, _ async throws in
            let parent = try await store.enqueue1()
            let child = try await store.enqueue1 { $0.parents = [parent] }
            #expect(try await store.cancel(child, reason: "x") == .cancelled)
            try await store.attempt(.done)
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.record(child).state == .cancelled)
        },
        StoreCase("a parent with many children lets them go in bounded steps") { store, _ async throws in
            let parent = try await store.enqueue1()
            let children = (0..<1200).map { _ in
                var job = NewJob(type: "c", queue: "q", payload: [])
                job.parents = [parent]
                return job
            }
            _ = try await store.enqueue(children)
            try await store.attempt(.done)
            var moved = 0
            while true {
                let some = try await store.promoteDue(limit: 500, wait: .zero)
                #expect(some <= 500)
                moved += some
                if some == 0 { break }
            }
            #expect(moved == 1200)
            #expect(try await store.counts()[.queued] == 1200)
        },
        StoreCase("a chain runs link by link") { store, clock async throws in
            var ids: [JobID] = []
            for _ in 0..<5 {
                let before = ids.last
                ids.append(try await store.enqueue1 { $0.parents = before.map { [$0] } ?? [] })
            }
            for (place, id) in ids.enumerated() {
                #expect(try await store.claims().map(\.job.id) == [id])
                _ = try await store.reclaim(worker: "w", limit: 1, maxCrashes: 9)
                try await store.attempt(.done)
                if place < 4 { try await clock.promoted(store) }
            }
        },
        StoreCase("too many parents, the same twice, or itself are refused") { store, clock async throws in
            var job = NewJob(type: "t", queue: "q", payload: [])
            job.parents = [job.id]
            await clock.expect(.invalid) { _ = try await store.enqueue([job]) }
            let id = JobIDGenerator.shared.next()
            job.parents = [id, id]
            await clock.expect(.invalid) { _ = try await store.enqueue([job]) }
            job.parents = (0...JobLimits.parents).map { _ in JobIDGenerator.shared.next() }
            await clock.expect(.invalid) { _ = try await store.enqueue([job]) }
            #expect(try await store.counts().total == 0)
        },
    ]

    static let batches: [StoreCase] = [
        StoreCase("what follows a batch starts when it is closed and every member has ended") {
            store, clock async throws in
            let batch = followed()
            try await store.openBatch(batch)
            let members = try await store.enqueue(batch: batch.id, count: 3)
            for _ in 0..<3 { try await store.attempt(.done) }
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 0)
            #expect(try await store.batch(batch.id)?.isOpen == true)
            let closed = try #require(try await store.closeBatch(batch.id))
            #expect(!closed.isOpen)
            #expect(closed.total == 3)
            #expect(closed.done == 3)
            #expect(closed.finishedAt != nil)
            #expect(try await store.claims().map(\.job.type).sorted() == ["complete", "success"])
            #expect(try await store.batchMembers(batch.id, offset: 0, limit: 500) == members)
            #expect(try await store.batchMembers(batch.id, offset: 1, limit: 1) == [members[1]])
            _ = clock
        },
        StoreCase("a batch with a member that failed is complete but no success") { store, clock async throws in
            let batch = followed()
            try await store.openBatch(batch)
            _ = try await store.enqueue(batch: batch.id, count: 3)
            _ = try await store.closeBatch(batch.id)
            try await store.attempt(.done)
            try await store.attempt(.failed(error: "x"))
            _ = try await store.promoteDue(limit: 10, wait: .zero)
            var status = try #require(try await store.batch(batch.id))
            #expect((status.done, status.failed, status.pending) == (1, 1, 1))
            _ = try await store.cancel(try await store.claim1().job.id, reason: "x")
            _ = try await store.reclaim(worker: "w", limit: 1, maxCrashes: 3)
            try await clock.promoted(store, count: 2)
            status = try #require(try await store.batch(batch.id))
            #expect((status.done, status.failed, status.cancelled, status.pending) == (1, 1, 1, 0))
            #expect(try await store.claims().map(\.job.type) == ["complete"])
            #expect(try await store.record(try #require(batch.onSuccess?.id)).state == .cancelled)
        },
        StoreCase("an empty batch is complete when it is closed") { store, _ async throws in
            let batch = followed()
            try await store.openBatch(batch)
            #expect(try await store.closeBatch(batch.id)?.total == 0)
            #expect(try await store.claims().count == 2)
        },
        StoreCase("opening, filling and closing may be repeated") { store, _ async throws in
            let batch = followed()
            try await store.openBatch(batch)
            var job = NewJob(type: "t", queue: "q", payload: [])
            job.batch = batch.id
            for _ in 0..<2 { #expect(try await store.enqueue([job]) == [.accepted(job.id)]) }
            try await store.openBatch(batch)
            for _ in 0..<2 { #expect(try await store.closeBatch(batch.id)?.total == 1) }
            try await store.openBatch(batch)
            #expect(try await store.batch(batch.id)?.isOpen == false)
            try await store.attempt(.done)
            _ = try await store.promoteDue(limit: 10, wait: .zero)
            #expect(try await store.claims().count == 2)
        },
        StoreCase("a batch that is not open takes no members") { store, clock async throws in
            var job = NewJob(type: "t", queue: "q", payload: [])
            job.batch = JobIDGenerator.shared.next()
            let plain = NewJob(type: "t", queue: "q", payload: [])
            await clock.expect(.invalid) { _ = try await store.enqueue([plain, job]) }
            #expect(try await store.counts().total == 0)
            let batch = NewBatch()
            try await store.openBatch(batch)
            _ = try await store.closeBatch(batch.id)
            job.batch = batch.id
            await clock.expect(.invalid) { _ = try await store.enqueue([job]) }
            #expect(try await store.batch(JobIDGenerator.shared.next()) == nil)
            #expect(try await store.closeBatch(JobIDGenerator.shared.next()) == nil)
        },
        StoreCase("a member's second end is not counted twice") { store, _ async throws in
            let batch = followed()
            try await store.openBatch(batch)
            let members = try await store.enqueue(batch: batch.id, count: 2)
            _ = try await store.closeBatch(batch.id)
            try await store.attempt(.failed(error: "x"))
            _ = try await store.promoteDue(limit: 10, wait: .zero)
            _ = try await store.replay(members[0])
            for claim in try await store.claims() where claim.job.id == members[0] {
                _ = try await store.settle(claim.ticket, .done)
            }
            _ = try await store.promoteDue(limit: 10, wait: .zero)
            let status = try #require(try await store.batch(batch.id))
            #expect((status.failed, status.done, status.pending) == (1, 0, 1))
        },
        StoreCase("a batch knows its name, its time and its followers") { store, _ async throws in
            let batch = followed()
            try await store.openBatch(batch)
            let status = try #require(try await store.batch(batch.id))
            #expect(status.id == batch.id)
            #expect(status.name == "nightly")
            #expect(status.onComplete == batch.onComplete?.id)
            #expect(status.onSuccess == batch.onSuccess?.id)
            #expect(status.finishedAt == nil)
            let follower = try await store.record(try #require(status.onComplete))
            #expect(follower.state == .scheduled)
            #expect(follower.runAt == nil)
            #expect(try await store.waitReasons(follower.id) == [.parents(1)])
        },
    ]

    private static func followed() -> NewBatch {
        NewBatch(
            name: "nightly", onComplete: NewJob(type: "complete", queue: "q", payload: []),
            onSuccess: NewJob(type: "success", queue: "q", payload: []))
    }
}
