import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Where states and results are kept: a namespace keeps to what its first job decided, and sizes decide within it.
@Suite("Where a Redis namespace keeps states") struct RedisLayoutTests {
    private static func job(_ payload: Int = 0) -> NewJob {
        NewJob(type: "t", queue: "q", payload: [UInt8](repeating: 0x78, count: payload))
    }

    @Test("its first job decides, however it is accepted")
    func first() async throws {
        let ways: [(RedisStreamStore) async throws -> Void] = [
            { store in _ = try await store.enqueue1() },
            { store in _ = try await store.enqueue1(start: .after(.seconds(600))) },
            { store in _ = try await store.enqueue(tenant: "acme", count: 3) },
            { store in try await store.bury(Self.job(), error: "no") },
            { store in try await store.openBatch(NewBatch(onComplete: Self.job())) },
        ]
        for way in ways {
            try await RedisCase.run { place in
                try await way(place.store)
                #expect(try await place.redis("GET $layout").text == "3")
                let ids = try await place.store.all().map(\.id)
                #expect(!ids.isEmpty)
                for id in ids { #expect(try await place.kinds(id).isDisjoint(with: ["s"])) }
            }
        }
    }

    @Test("who has accepted none has decided nothing, and what was decided stays")
    func undecided() async throws {
        try await RedisCase.run { place in
            _ = try await place.store.claims(1)
            var refused = Self.job()
            refused.batch = JobIDGenerator.shared.next()
            _ = try? await place.store.enqueue([refused])
            #expect(try await place.count("EXISTS $layout") == 0)
            let id = try await place.store.enqueue1()
            #expect(try await place.redis("GET $layout").text == "3")
            // Also when all jobs are gone.
            #expect(try await place.store.delete(id) == .deleted)
            #expect(try await place.redis("GET $layout").text == "3")
        }
        try await RedisCase.run(layout: 2) { place in
            _ = try await place.store.enqueue1()
            #expect(try await place.redis("GET $layout").text == "2")
            // The sums are lost, but not that jobs were claimed.
            _ = try await place.store.claims(1)
            try await place.redis("DEL $totals $layout")
            _ = try await place.store.enqueue1()
            _ = try await place.store.enqueue(tenant: "acme", count: 2)
            #expect(try await place.count("EXISTS $layout") == 0)
        }
    }

    @Test("one that had jobs before keeps them in keys of their own, for ever")
    func split() async throws {
        try await RedisCase.run { place in
            let store = place.store
            // As an earlier release leaves it after a job that is gone.
            try await place.redis("HSET $totals enqueued 1 started 1 done 1")
            let ids = try await store.enqueue(count: 4).sorted()
            let due = try await store.enqueue1(type: "due", start: .after(.seconds(600)))
            func expect(
                _ id: JobID, _ state: JobState, _ keys: Set<String>, sourceLocation: SourceLocation = #_sourceLocation
            ) async throws {
                #expect(try await place.kinds(id) == keys, sourceLocation: sourceLocation)
                #expect(try await place.bytes("j:\(id)")?.first == UInt8(ascii: "1"), sourceLocation: sourceLocation)
                #expect(try await store.record(id).state == state, sourceLocation: sourceLocation)
            }
            try await expect(ids[0], .queued, ["j"])
            try await expect(due, .scheduled, ["j", "s"])
            let claims = try await store.claims(3)
            #expect(claims.map(\.job.id) == Array(ids[..<3]))
            try await expect(ids[0], .running, ["j", "s"])
            #expect(try await store.settle(claims[0].ticket, .done) == .settled)
            #expect(try await store.settle(claims[1].ticket, .retry(after: .zero, error: "x")) == .settled)
            #expect(try await store.settle(claims[2].ticket, .failed(error: "x")) == .settled)
            #expect(try await store.cancel(ids[3], reason: "no") == .cancelled)
            try await expect(ids[0], .done, ["j", "s", "r"])
            try await expect(ids[1], .queued, ["j", "s", "e", "h"])
            try await expect(ids[2], .failed, ["j", "s", "e", "h"])
            try await expect(ids[3], .cancelled, ["j", "s", "e"])
            for id in ids[2...] { #expect(try await store.replay(id) == .queued) }
            try await expect(ids[2], .queued, ["j", "s", "h"])
            // As if it had never been anywhere.
            try await expect(ids[3], .queued, ["j"])
            #expect(try await store.check(repair: true).findings == [])
            for claim in try await store.claims(10) {
                #expect(try await store.settle(claim.ticket, .done) == .settled)
            }
            for id in ids { #expect(try await place.kinds(id).isSuperset(of: ["j", "s", "r"])) }
            #expect(try await place.count("EXISTS $layout") == 0)
            #expect(try await store.check(repair: false) == StoreReport(jobs: 5))
        }
    }

    @Test("a record of 1,024 bytes takes its state in and one of 1,025 does not, whichever script meets it")
    func recordSizes() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let probe = try await store.enqueue1()
            let head = Int(try #require(try await place.count("STRLEN $j:\(probe)")))
            try await store.attempt(.done)
            for (size, keys) in [(1024, Set(["j"])), (1025, ["j", "s"])] {
                let job = Self.job(size - head)
                // Called off, claimed by the short way and settled by both, replayed.
                #expect(try await store.enqueue([job]) == [.accepted(job.id)])
                let record = try #require(try await place.bytes("j:\(job.id)"))
                #expect(record.count == size)
                #expect(try await store.cancel(job.id, reason: "no") == .cancelled)
                #expect(try await place.kinds(job.id) == keys.union(["e"]))
                #expect(try await store.replay(job.id) == .queued)
                #expect(try await place.kinds(job.id) == ["j"])
                #expect(try await place.bytes("j:\(job.id)") == record)
                let claim = try await store.claim1()
                #expect(claim.job.payload == job.payload)
                #expect(try await place.kinds(job.id) == keys)
                #expect(try await store.settle(claim.ticket, .retry(after: .zero, error: "x")) == .settled)
                let again = try await store.claim1()
                #expect(try await store.settle(again.ticket, .done) == .settled)
                #expect(try await place.kinds(job.id) == keys.union(size > 1024 ? ["r", "h"] : ["h"]))
                let shown = try await store.record(job.id)
                #expect(shown.payload == job.payload && shown.result == Array("{}".utf8) && shown.attempt == 2)
                // At once scheduled, by a script that plans.
                var later = Self.job(size - head)
                later.start = .after(.seconds(600))
                #expect(try await store.enqueue([later]) == [.accepted(later.id)])
                #expect(try await place.kinds(later.id) == keys)
                // The short way from beginning to end, whatever is said of the payload's size.
                for hint in [0, later.payload.count, 5000] where hint != 5000 || size > 1024 {
                    let plain = Self.job(size - head)
                    #expect(try await store.enqueue([plain]) == [.accepted(plain.id)])
                    let ticket = try await store.claim1().ticket
                    #expect(try await store.settle([AttemptEnd(ticket, .done, payloadBytes: hint)]) == [.settled])
                    #expect(try await store.settle([AttemptEnd(ticket, .done, payloadBytes: hint)]) == [.settled])
                    #expect(try await place.kinds(plain.id) == keys.union(size > 1024 ? ["r"] : []))
                    #expect(try await store.record(plain.id).result == Array("{}".utf8))
                }
            }
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("a result of 512 bytes stands in the record and one of 513 has a key", arguments: [0, 512, 513, 100_000])
    func resultSizes(size: Int) async throws {
        try await RedisCase.run { place in
            let store = place.store
            let result = [UInt8](repeating: 0x31, count: size)
            let keys: Set<String> = size > 512 ? ["j", "r"] : ["j"]
            let plain = try await store.enqueue1(payload: [1, 2])
            try await store.attempt(.succeeded(result: result))
            let words = try await place.expectJoined(plain, "d", attempt: 1, keys: keys)
            #expect(words.count == (size > 512 ? 11 : 12))
            let second = try await store.enqueue1(payload: [3])
            try await store.attempt(.retry(after: .zero, error: "x"))
            try await store.attempt(.succeeded(result: result))
            try await place.expectJoined(second, "d", attempt: 2, keys: keys.union(["h"]))
            for (id, payload) in [(plain, [1, 2] as [UInt8]), (second, [3])] {
                let record = try await store.record(id)
                #expect(record.result == result && record.payload == payload)
                #expect(try await store.delete(id) == .deleted)
            }
            #expect(try await place.redis("KEYS $[jsreh]:*").elements == [])
        }
    }

    @Test("a large record that loses its time limits with a replay may be small then, and is found where it is")
    func shrunk() async throws {
        try await RedisCase.run { place in
            let store = place.store
            func limited(_ payload: Int) -> NewJob {
                var job = Self.job(payload)
                job.deadline = .after(.seconds(600))
                return job
            }
            let probe = limited(0)
            #expect(try await store.enqueue([probe]) == [.accepted(probe.id)])
            let head = Int(try #require(try await place.count("STRLEN $j:\(probe.id)")))
            try await store.attempt(.done)
            let job = limited(1030 - head)
            #expect(try await store.enqueue([job]) == [.accepted(job.id)])
            try await store.attempt(.failed(error: "x"))
            #expect(try await place.kinds(job.id) == ["j", "s", "e", "h"])
            #expect(try await store.replay(job.id) == .queued)
            try await place.expectJoined(job.id, "q", attempt: 1, keys: ["j", "h"])
            try await store.attempt(.done)
            try await place.expectJoined(job.id, "d", attempt: 2, keys: ["j", "h"])
            #expect(try await store.record(job.id).payload == job.payload)
        }
    }
}
