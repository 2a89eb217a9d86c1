import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Small jobs whose states are in their records: looked at as they are on the server, through all that may become of one.
@Suite("A record with its state in it") struct RedisJoinedRecordTests {
    @Test("is there once the job was claimed, and keeps result and record through to the end")
    func life() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let id = try await store.enqueue1(payload: Array("{\"a\":1}".utf8))
            let record = try #require(try await place.bytes("j:\(id)"))
            #expect(record.starts(with: Array("1 q t 5 ".utf8)))
            let claim = try await store.claim1()
            let running = try await place.expectJoined(id, "r", attempt: 1, record: record)
            #expect(running.count == 11 && running[4] == "\(claim.ticket.token)" && running[5] == "w")
            #expect(running[10].contains("-"))
            #expect(try await store.lost([claim.ticket], lease: .seconds(600)).isEmpty)
            #expect(try await store.lost([claim.ticket.with(token: 1)], lease: .seconds(600)).count == 1)
            #expect(try await store.settle(claim.ticket.with(token: 1), .done) == .leaseLost)
            #expect(try await store.settle(claim.ticket, .succeeded(result: [])) == .settled)
            let done = try await place.expectJoined(id, "d", attempt: 1, record: record)
            #expect(done.count == 12 && done[10] == "-" && done[11] == "0")
            #expect(try await store.record(id).result == [])
            // The same again is recorded already, and nobody else's.
            #expect(try await store.settle(claim.ticket, .succeeded(result: [1])) == .settled)
            #expect(try await store.settle(claim.ticket.with(token: 1), .done) == .leaseLost)
            #expect(try await store.record(id).result == [])
            #expect(try await store.delete(id) == .deleted)
            #expect(try await place.kinds(id) == [])
        }
    }

    @Test("is written at every turn a job may take")
    func turns() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let id = try await store.enqueue1(payload: [1], start: .after(.milliseconds(1)))
            let record = try await place.joined(id).record
            #expect(record.starts(with: Array("1 q t 5 ".utf8)))
            try await StoreClock().promoted(store)
            // As if it had never been anywhere.
            #expect(try await place.bytes("j:\(id)") == record)
            try await store.attempt(.retry(after: .zero, error: "x"))
            try await place.expectJoined(id, "q", attempt: 1, keys: ["j", "e", "h"], record: record)
            try await store.attempt(.retry(after: .seconds(600), error: "y"))
            try await place.expectJoined(id, "s", attempt: 2, keys: ["j", "e", "h"], record: record)
            try await place.redis("ZADD $scheduled 1 \(id)")
            #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
            try await place.expectJoined(id, "q", attempt: 2, keys: ["j", "e", "h"], record: record)
            try await store.attempt(.released)
            try await place.expectJoined(id, "q", attempt: 2, keys: ["j", "e", "h"], record: record)
            try await store.attempt(.snoozed(.zero))
            try await place.expectJoined(id, "q", attempt: 2, keys: ["j", "e", "h"], record: record)
            let lost = try await store.claim1(lease: .milliseconds(1))
            #expect(try await StoreClock().reclaimed(store).requeued == [id])
            let requeued = try await place.expectJoined(id, "q", attempt: 3, keys: ["j", "e", "h"], record: record)
            #expect(requeued[3] == "1")
            #expect(try await store.settle(lost.ticket, .done) == .leaseLost)
            try await store.attempt(.failed(error: "z"))
            try await place.expectJoined(id, "f", attempt: 4, keys: ["j", "e", "h"], record: record)
            #expect(try await store.replay(id) == .queued)
            let replayed = try await place.expectJoined(id, "q", attempt: 4, keys: ["j", "h"], record: record)
            #expect(replayed.suffix(2) == ["-", "4"] && replayed.count == 13)
            try await store.attempt(.cancelled(reason: "no"))
            try await place.expectJoined(id, "c", attempt: 5, keys: ["j", "e", "h"], record: record)
            #expect(try await store.replay(id) == .queued)
            try await store.attempt(.succeeded(result: Array("[7]".utf8)))
            let done = try await place.expectJoined(id, "d", attempt: 6, keys: ["j", "h"], record: record)
            #expect(done.suffix(2) == ["3", "5"])
            let shown = try await store.record(id)
            #expect(shown.result == Array("[7]".utf8) && shown.attemptsBefore == 5 && shown.payload == [1])
            #expect(try await store.delete(id) == .deleted)
            #expect(try await place.kinds(id) == [])
        }
    }

    @Test("is written when a job ends that never ran: called off, too late, without its parent")
    func endedUnclaimed() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let called = try await store.enqueue1()
            let before = try #require(try await place.bytes("j:\(called)"))
            #expect(try await store.cancel(called, reason: "no") == .cancelled)
            try await place.expectJoined(called, "c", attempt: 0, keys: ["j", "e"], record: before)
            #expect(try await store.replay(called) == .queued)
            #expect(try await place.bytes("j:\(called)") == before)
            #expect(try await store.delete(called) == .deleted)
            for isStart in [true, false] {
                let late = try await store.enqueue1(type: "late") { job in
                    if isStart { job.startBy = .after(.seconds(600)) } else { job.deadline = .after(.seconds(600)) }
                }
                // A time that is over is in the record.
                let text = String(decoding: try #require(try await place.bytes("j:\(late)")), as: UTF8.self)
                let letter = isStart ? "x" : "d"
                try await place.set("j:\(late)", Array(text.replacing(/\b[xd]=\d+/, with: "\(letter)=1").utf8))
                try await place.redis("ZADD $overdue 1 \(late)")
                #expect(try await store.promoteDue(limit: 10, wait: .zero) == 1)
                try await place.expectJoined(late, isStart ? "c" : "f", attempt: 0, keys: ["j", "e"])
                #expect(try await store.replay(late) == .queued)
                try await store.attempt(.done)
                try await place.expectJoined(late, "d", attempt: 1)
            }
            let parent = try await store.enqueue1(type: "parent")
            let child = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            try await place.expectJoined(child, "s", attempt: 0, keys: ["j", "parents"])
            try await store.attempt(.failed(error: "x"))
            while try await store.promoteDue(limit: 10, wait: .zero) > 0 {}
            try await place.expectJoined(child, "c", attempt: 0, keys: ["j", "e", "parents"])
            for id in [child, parent] { #expect(try await store.delete(id) == .deleted) }
            try await store.bury(NewJob(type: "t", queue: "q", payload: [1]), error: "x")
            let buried = try #require(try await store.all().first { $0.payload == [1] })
            try await place.expectJoined(buried.id, "f", attempt: 0, keys: ["j", "e"])
        }
    }

    @Test("of a parent keeps the result as long as a child needs it, and after", arguments: [2, 513])
    func parents(size: Int) async throws {
        try await RedisCase.run { place in
            let store = place.store
            let keys: Set<String> = size > 512 ? ["j", "r"] : ["j"]
            let result = [UInt8](repeating: 0x31, count: size)
            let parent = try await store.enqueue1(type: "parent")
            _ = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            try await store.attempt(.succeeded(result: result))
            let kept = try await place.expectJoined(parent, "d", attempt: 1, keys: keys)
            #expect(kept[9] == "0")
            while try await store.promoteDue(limit: 10, wait: .zero) > 0 {}
            try await store.attempt(.done)
            let freed = try await place.expectJoined(parent, "d", attempt: 1, keys: keys)
            #expect(freed[9] != "0")
            // Needed once more, by one that comes later.
            _ = try await store.enqueue1(type: "child") { $0.parents = [parent] }
            #expect(try await place.expectJoined(parent, "d", attempt: 1, keys: keys)[9] == "0")
            #expect(try await store.record(parent).result == result)
        }
    }

    @Test("may have any bytes in payload and result")
    func bytes() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let odd = [
                [], [0x0A], Array("3 ".utf8), Array("3 d 1 0 7 w 1 2 0 3 - 4\n1 q t\n".utf8), Array("\n\n3 q\n".utf8),
                Array(0...255), [0xFF, 0x00, 0x0A, 0x33, 0x20],
            ]
            for payload in odd {
                for result in odd {
                    let id = try await store.enqueue1(payload: payload)
                    let claim = try await store.claim1()
                    #expect(claim.job.payload == payload)
                    #expect(try await store.settle(claim.ticket, .succeeded(result: result)) == .settled)
                    #expect(try await place.kinds(id) == ["j"])
                    let shown = try await store.record(id)
                    #expect(shown.payload == payload && shown.result == result)
                    #expect(try await store.details(id)?.job == shown)
                }
            }
            // With errors and a second life between.
            for payload in odd {
                let id = try await store.enqueue1(payload: payload)
                try await store.attempt(.failed(error: "3 x\n3 y"))
                #expect(try await store.replay(id) == .queued)
                let claim = try await store.claim1()
                #expect(claim.job.payload == payload)
                #expect(try await store.settle(claim.ticket, .succeeded(result: payload)) == .settled)
                #expect(try await store.record(id).result == payload)
            }
            #expect(try await store.check(repair: false).findings == [])
        }
    }

    @Test("has room for the longest worker's name, the longest result and the longest record")
    func longest() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let probe = try await store.enqueue1()
            let head = Int(try #require(try await place.count("STRLEN $j:\(probe)")))
            #expect(try await store.delete(probe) == .deleted)
            let worker = String(repeating: "w", count: 200)
            let payload = [UInt8](repeating: 0x0A, count: 1024 - head)
            let result = [UInt8](repeating: 0x33, count: 512)
            for isReplayed in [false, true] {
                let id = try await store.enqueue1(payload: payload)
                if isReplayed {
                    try await store.attempt(.failed(error: "x"))
                    #expect(try await store.replay(id) == .queued)
                }
                let claim = try await store.claim1(worker: worker)
                #expect(try await store.lost([claim.ticket], lease: .seconds(600)).isEmpty)
                #expect(try await store.settle(claim.ticket, .succeeded(result: result)) == .settled)
                _ = try await store.enqueue1(type: "child") { $0.parents = [id] }
                let shown = try await store.record(id)
                #expect(shown.worker == worker && shown.payload == payload && shown.result == result)
                let attempt = isReplayed ? 2 : 1
                try await place.expectJoined(id, "d", attempt: attempt, keys: isReplayed ? ["j", "h"] : ["j"])
                #expect(try #require(try await place.bytes("j:\(id)")).count <= 2048)
                while try await store.promoteDue(limit: 10, wait: .zero) > 0 {}
                try await store.attempt(.done)
            }
        }
    }
}
