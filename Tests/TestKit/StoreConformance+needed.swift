import RoostJobs
import Testing

extension StoreConformance {
    /// Parents' records are kept until every child that names them has ended.
    static let needed: [StoreCase] = [
        StoreCase("a job given with the id of one that was deleted does not hear what that one waited for") {
            store, clock async throws in
            let (early, late) = (
                try await store.enqueue1(type: "early"), try await store.enqueue1(type: "late")
            )
            let other = try await store.enqueue1(type: "other")
            let child = try await store.enqueue1(type: "child") { $0.parents = [early, late] }
            // One end is on its way to the child when that is deleted, the other comes afterwards.
            try await store.attempt(type: "early", .done)
            #expect(try await store.delete(child) == .deleted)
            _ = try await store.enqueue1(type: "child") {
                $0.id = child
                $0.parents = [other]
            }
            try await store.attempt(type: "late", .done)
            #expect(try await store.promoteDue(limit: 100, wait: .zero) == 0)
            #expect(try await store.record(child).state == .scheduled)
            try await store.expectSound()
            try await store.attempt(type: "other", .done)
            try await clock.promoted(store)
            #expect(try await store.claims(types: ["child"]).map(\.job.id) == [child])
            try await store.expectSound()
        },
        StoreCase("a replayed parent and its child that end in one call leave the parent its usual time") {
            store, clock async throws in
            let parent = try await store.enqueue1(type: "parent")
            let child = try await store.enqueue1(type: "child") {
                $0.parents = [parent]
                $0.parentRule = .ended
            }
            try await store.attempt(type: "parent", .failed(error: "x"))
            try await clock.promoted(store)
            let second = try #require(try await store.claims(types: ["child"]).first)
            #expect(try await store.replay(parent) == .queued)
            let first = try #require(try await store.claims(types: ["parent"]).first)
            let ends = [first.ticket, second.ticket].map { AttemptEnd($0, .done) }
            #expect(try await store.settle(ends) == [.settled, .settled])
            for id in [parent, child] { #expect(try await store.record(id).expiresAt != nil) }
            try await store.expectSound()
        },
        StoreCase("a parent's result is kept beyond its time while a child waits for another") {
            store, clock async throws in
            let short = try await store.parent(ttl: clock.short, result: [1])
            let long = try await store.enqueue1(type: "long")
            let child = try await store.enqueue1(type: "child") { $0.parents = [short, long] }
            try await clock.passed(clock.short, store)
            #expect(try await store.prune(limit: 10) == 0)
            let record = try await store.record(short)
            #expect(record.result == [1])
            #expect(record.expiresAt == nil)
            #expect(record.finishedAt != nil)
            #expect(try await store.list(JobQuery(state: .done)).jobs.map(\.id) == [short])
            try await store.expectSound()
            try await store.attempt(type: "long", .succeeded(result: [2]))
            try await clock.promoted(store)
            #expect(try await store.claims(types: ["child"]).map(\.job.id) == [child])
            #expect(try await store.parents(of: child).map(\.result) == [[1], [2]])
        },
        StoreCase("a parent that ended while a child waits for it is kept until that has run") {
            store, clock async throws in
            let parent = try await store.enqueue1(type: "parent", ttl: clock.short)
            let child = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            try await store.attempt(type: "parent", .succeeded(result: [7]))
            #expect(try await store.record(parent).expiresAt == nil)
            try await clock.promoted(store)
            let claim = try #require(try await store.claims(types: ["child"]).first)
            try await clock.passed(clock.short, store)
            #expect(try await store.prune(limit: 10) == 0)
            #expect(try await store.parents(of: child).map(\.result) == [[7]])
            // Between two attempts as well.
            _ = try await store.settle(claim.ticket, .retry(after: .zero, error: "x"))
            #expect(try await store.prune(limit: 10) == 0)
            try await store.attempt(type: "child", .done)
            #expect(try await store.job(parent) == nil)
            #expect(try await store.prune(limit: 10) == 1)
            #expect(try await store.record(child).state == .done)
            try await store.expectSound()
        },
        StoreCase("a parent's time counts from its own end once no child needs it") { store, clock async throws in
            for end in 0..<4 {
                let parent = try await store.parent(ttl: clock.long, result: [])
                let child = try await store.enqueue1(start: .after(clock.long)) { $0.parents = [parent] }
                #expect(try await store.record(parent).expiresAt == nil)
                switch end {
                case 0: _ = try await store.cancel(child, reason: "x")
                case 1: _ = try await store.delete(child)
                default:
                    _ = try await store.delete(child)
                    let second = try await store.enqueue1(type: "second") { $0.parents = [parent] }
                    let outcome = end == 2 ? Outcome.done : .failed(error: "x")
                    #expect(try await store.attempt(type: "second", outcome).id == second)
                }
                let record = try await store.record(parent)
                #expect(record.expiresAt == record.finishedAt?.advanced(by: clock.long), "end \(end)")
            }
            try await store.expectSound()
        },
        StoreCase("a parent whose time was over goes with its child's cancel or delete") { store, clock async throws in
            for isDeleted in [false, true] {
                let parent = try await store.parent(ttl: clock.short, result: [])
                let child = try await store.enqueue1(start: .after(clock.long)) { $0.parents = [parent] }
                try await clock.passed(clock.short, store)
                #expect(try await store.prune(limit: 10) == 0)
                if isDeleted {
                    _ = try await store.delete(child)
                } else {
                    _ = try await store.cancel(child, reason: "x")
                }
                #expect(try await store.job(parent) == nil)
                #expect(try await store.prune(limit: 10) == 1)
            }
            try await store.expectSound()
        },
        StoreCase("a parent is kept for the last of its children") { store, clock async throws in
            let parent = try await store.parent(ttl: clock.short, result: [])
            let first = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            let second = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            try await clock.passed(clock.short, store)
            #expect(try await store.attempt(type: "child", .done).id == first)
            #expect(try await store.prune(limit: 10) == 0)
            #expect(try await store.record(parent).state == .done)
            #expect(try await store.attempt(type: "child", .done).id == second)
            #expect(try await store.prune(limit: 10) == 1)
            #expect(try await store.job(parent) == nil)
        },
        StoreCase("too many ended jobs do not push out those a child needs") { store, clock async throws in
            for outcome in [Outcome.done, .failed(error: "x"), .cancelled(reason: "x")] {
                let parent = try await store.enqueue1()
                try await store.attempt(outcome)
                let child = try await store.enqueue1(start: .after(clock.long)) { job in
                    job.parents = [parent]
                    job.parentRule = .ended
                }
                let others = try await store.enqueue(count: 2)
                for _ in others { try await store.attempt(outcome) }
                let few = Retention(done: 1, failed: 1, cancelled: 1)
                #expect(try await store.prune(limit: 10, retention: few) == 2)
                #expect(try await store.prune(limit: 10, retention: few) == 0)
                #expect(try await store.record(parent).expiresAt == nil)
                for other in others { #expect(try await store.job(other) == nil) }
                try await store.expectSound()
                _ = try await store.delete(child)
                #expect(try await store.prune(limit: 10, retention: few) == 0)
                #expect(try await store.prune(limit: 10, retention: Retention(done: 0, failed: 0, cancelled: 0)) == 1)
                #expect(try await store.job(parent) == nil)
            }
        },
        StoreCase("however many are needed, those nobody needs go") { store, clock async throws in
            // More than one pass looks at: each goes on behind those the one before has passed over.
            let parents = try await store.enqueue(count: 1200)
            var claims = try await store.claims(500)
            while !claims.isEmpty {
                for claim in claims { _ = try await store.settle(claim.ticket, .done) }
                claims = try await store.claims(500)
            }
            for start in stride(from: 0, to: parents.count, by: 100) {
                try await store.enqueue1(start: .after(clock.long)) { $0.parents = Array(parents[start..<start + 100]) }
            }
            _ = try await store.enqueue(count: 3)
            for _ in 0..<3 { try await store.attempt(.done) }
            var pruned = 0
            try await eventually("those nobody needs are pruned") {
                pruned += try await store.prune(limit: 500, retention: Retention(done: 1))
                return pruned == 3
            }
            #expect(try await store.counts()[.done] == 1200)
            try await store.expectSound()
        },
        StoreCase("a child that is replayed needs its parents again, as far as they are there") {
            store, clock async throws in
            let parent = try await store.parent(ttl: clock.long, result: [3])
            let child = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            try await store.attempt(type: "child", .failed(error: "x"))
            #expect(try await store.record(parent).expiresAt != nil)
            #expect(try await store.replay(child) == .queued)
            #expect(try await store.record(parent).expiresAt == nil)
            #expect(try await store.prune(limit: 10, retention: Retention(done: 0)) == 0)
            try await store.attempt(type: "child", .done)
            #expect(try await store.record(parent).expiresAt != nil)
            try await store.expectSound()
        },
        StoreCase("a parent that is replayed is kept at its second end, too") { store, clock async throws in
            let parent = try await store.enqueue1(type: "parent", ttl: clock.short)
            try await store.attempt(type: "parent", .failed(error: "x"))
            let child = try await store.enqueue1(start: .after(clock.long)) { job in
                job.parents = [parent]
                job.parentRule = .ended
            }
            #expect(try await store.replay(parent) == .queued)
            try await store.attempt(type: "parent", .succeeded(result: [4]))
            try await clock.passed(clock.short, store)
            #expect(try await store.prune(limit: 10) == 0)
            #expect(try await store.parents(of: child).map(\.result) == [[4]])
            _ = try await store.cancel(child, reason: "x")
            #expect(try await store.prune(limit: 10) == 1)
            try await store.expectSound()
        },
        StoreCase("a child that dies with its worker lets its parents go") { store, clock async throws in
            let parent = try await store.parent(ttl: clock.short, result: [])
            let child = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            _ = try await store.claims(types: ["child"], worker: "gone")
            try await clock.passed(clock.short, store)
            #expect(try await store.prune(limit: 10) == 0)
            #expect(try await store.reclaim(worker: "gone", limit: 10, maxCrashes: 1).dead == [child])
            #expect(try await store.job(parent) == nil)
            #expect(try await store.prune(limit: 10) == 1)
        },
        StoreCase("a parent may be deleted though a child needs it") { store, clock async throws in
            let parent = try await store.parent(ttl: clock.long, result: [])
            let child = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            #expect(try await store.delete(parent) == .deleted)
            #expect(try await store.parents(of: child).isEmpty)
            try await store.attempt(type: "child", .done)
            #expect(try await store.job(parent) == nil)
            try await store.expectSound()
        },
        StoreCase("a child whose parents were lost from the start keeps none") { store, clock async throws in
            let kept = try await store.parent(ttl: clock.long, result: [])
            let gone = JobIDGenerator.shared.next()
            let child = try await store.enqueue1 { $0.parents = [kept, gone] }
            #expect(try await store.record(child).state == .cancelled)
            #expect(try await store.record(kept).expiresAt != nil)
            try await store.expectSound()
        },
    ]
}

extension StoreClock {
    /// Waits until a job that ends now, and is kept for so long, would be gone; prunes that one.
    fileprivate func passed(_ ttl: Duration, _ store: any JobStore) async throws {
        let mark = try await store.enqueue1(type: "mark", ttl: ttl)
        try await store.attempt(type: "mark", .done)
        try await expired(store, mark)
        #expect(try await store.delete(mark) == .unknown)
        // Only the mark goes: what is needed must not.
        #expect(try await store.prune(limit: 10) == 1)
    }
}

extension JobStore {
    /// A job of type `parent` that is done.
    fileprivate func parent(ttl: Duration, result: [UInt8]) async throws -> JobID {
        let id = try await enqueue1(type: "parent", ttl: ttl)
        try await attempt(type: "parent", .succeeded(result: result))
        return id
    }

    /// Claims the job of the type that must be there now and ends the attempt.
    @discardableResult
    fileprivate func attempt(
        type: String, _ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Claim.Ticket {
        let claim = try #require(
            try await claims(1, types: [type]).first, "there is a job to claim", sourceLocation: sourceLocation)
        #expect(try await settle(claim.ticket, outcome) == .settled, sourceLocation: sourceLocation)
        return claim.ticket
    }

    /// A check finds nothing.
    fileprivate func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        #expect(try await check(repair: false).findings == [], sourceLocation: sourceLocation)
    }
}
