import RoostJobs
import RoostTestKit
import Testing

@testable import RoostStores

/// What keeps parents for their children must not keep them for ever.
@Suite struct ParentPinTests {
    private let clock = StoreClock()

    /// A parent that is done and a child that waits for its time.
    private func family(_ store: any JobStore) async throws -> (parent: JobID, child: JobID) {
        let parent = try await store.enqueue1(type: "parent")
        try await store.attempt(.done)
        let child = try await store.enqueue1(start: .after(clock.long)) { $0.parents = [parent] }
        #expect(try await store.record(parent).expiresAt == nil)
        return (parent, child)
    }

    private func kinds(_ store: any JobStore, repair: Bool) async throws -> [String] {
        try await store.check(repair: repair).findings.map(\.kind)
    }

    @Test("Redis: a pin whose child ended unseen is found, and its parent goes when its time is over")
    func leaked() async throws {
        try await RedisCase.run { place in
            let (parent, child) = try await family(place.store)
            // As a process of the previous release ends it.
            try await place.redis("HDEL $watched \(child)")
            #expect(try await place.store.cancel(child, reason: "x") == .cancelled)
            #expect(try await place.store.record(parent).expiresAt == nil)
            #expect(try await kinds(place.store, repair: true) == ["dangling-index"])
            let record = try await place.store.record(parent)
            #expect(record.expiresAt == record.finishedAt?.advanced(by: record.resultTTL))
            #expect(try await kinds(place.store, repair: true) == [])
            #expect(try await place.count("ZCARD $needed") == 0)
        }
    }

    @Test("Redis: a pin that is missing is found and made anew")
    func missing() async throws {
        try await RedisCase.run { place in
            let (parent, child) = try await family(place.store)
            try await place.redis("ZREM $needed \(parent)~\(child)")
            #expect(try await kinds(place.store, repair: true).sorted() == ["missing-expiry", "missing-index"])
            #expect(try await kinds(place.store, repair: true) == [])
            try await place.redis("ZADD $expiry 1 \(parent)")
            #expect(try await place.store.prune(limit: 10) == 0)
            #expect(try await place.store.record(parent).state == .done)
            #expect(try await place.count("ZCARD $expiry") == 0)
        }
    }

    @Test("Redis: a child that the previous release accepted is no finding")
    func older() async throws {
        try await RedisCase.run { place in
            let (parent, child) = try await family(place.store)
            try await place.redis("HDEL $watched \(child)")
            try await place.redis("ZREM $needed \(parent)~\(child)")
            try await place.redis("ZADD $expiry 9000000000000000 \(parent)")
            #expect(try await kinds(place.store, repair: true) == [])
        }
    }

    @Test("Redis: jobs that need nobody leave nothing of it behind")
    func nothing() async throws {
        try await RedisCase.run { place in
            _ = try await place.store.enqueue(count: 10)
            for _ in 0..<10 { try await place.store.attempt(.done) }
            #expect(try await place.count("EXISTS $needed $watched") == 0)
            let (_, child) = try await family(place.store)
            _ = try await place.store.delete(child)
            #expect(try await place.count("EXISTS $needed $watched") == 0)
            #expect(try await place.count("LLEN $ended") == 0)
        }
    }

    @Test("SQLite: a pin whose child ended unseen is found, and its parent goes when its time is over")
    func leakedInFile() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let (parent, child) = try await family(store)
            _ = try await store.cancel(child, reason: "x")
            try await execute(
                ["UPDATE dependencies SET waits = 1", "UPDATE jobs SET expires_at = NULL WHERE type = 'parent'"], store)
            #expect(try await store.prune(limit: 10, retention: Retention(done: 0)) == 0)
            #expect(try await kinds(store, repair: true) == ["dangling-index"])
            #expect(try await store.record(parent).expiresAt != nil)
            #expect(try await kinds(store, repair: true) == [])
        }
    }

    @Test("SQLite: a parent with a time to go that a child needs is found and kept")
    func missingInFile() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let (parent, _) = try await family(store)
            try await execute(["UPDATE jobs SET expires_at = 9000000000000000 WHERE type = 'parent'"], store)
            #expect(try await kinds(store, repair: true) == ["missing-pin"])
            #expect(try await store.record(parent).expiresAt == nil)
            #expect(try await kinds(store, repair: true) == [])
        }
    }

    @Test("SQLite: what was kept for a child is kept by the next process, too")
    func restart() async throws {
        let folder = try SQLiteFolder()
        var ids: (parent: JobID, child: JobID)?
        try await folder.withStore { store async throws in ids = try await family(store) }
        try await folder.withStore { store async throws in
            let (parent, child) = try #require(ids)
            #expect(try await store.prune(limit: 10, retention: Retention(done: 0)) == 0)
            #expect(try await store.parents(of: child).map(\.id) == [parent])
            #expect(try await store.delete(child) == .deleted)
            #expect(try await store.prune(limit: 10, retention: Retention(done: 0)) == 1)
        }
    }

    private func execute(_ statements: [String], _ store: SQLiteStore) async throws {
        try await store.writer.write { transaction throws(SQLiteFailure) in
            for statement in statements { try transaction.connection.execute(statement) }
        }
    }
}
