import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// What only the Redis store has to show of queues, notes, workers and periodic jobs: its texts, its bounds, its scripts.
@Suite(.serialized) struct RedisExtrasTests {
    @Test("settings of a version to come are refused, not taken for none")
    func unreadableSettings() async throws {
        try await RedisCase.run { place in
            try await place.redis("HSET $queues q 2~1")
            await StoreClock().expect(.corrupt) { _ = try await place.store.queues() }
            await StoreClock().expect(.corrupt) { _ = try await place.store.setQueue("q", .resume) }
            #expect(try await place.redis("HGET $queues q").text == "2 1")
        }
    }

    @Test("settings that say nothing are not kept, and there is an end to how many queues have some")
    func settingsBounds() async throws {
        try await RedisCase.run { place in
            let paused = try await place.store.setQueue("q", .pause)
            #expect(paused.isPaused)
            #expect(try await place.redis("HGET $queues q").text == "1 1 - - - - - - -")
            #expect(try await place.store.setQueue("q", .resume).isEmpty)
            #expect(try await place.count("HLEN $queues") == 0)
            var command = RedisCommand("HSET", "{roost}:queues")
            for number in 0..<JobLimits.queues {
                command.append("q\(number)")
                command.append("1 1 - - - - - - -")
            }
            try await place.client.send(command)
            await StoreClock().expect(.invalid) { _ = try await place.store.setQueue("q", .pause) }
            #expect(try await place.store.setQueue("q7", .resume).isEmpty)
            _ = try await place.store.setQueue("q", .pause)
            #expect(try await place.store.queues().count == JobLimits.queues)
        }
    }

    @Test("the oldest waiting job is found in every lane, past entries of jobs that are gone")
    func oldest() async throws {
        try await RedisCase.run { place in
            let store = place.store
            _ = try await store.enqueue1(type: "claimed")
            _ = try await store.claim1()
            let gone = try await store.enqueue1(type: "a")
            var tenanted = NewJob(type: "b:c", queue: "q", payload: [])
            tenanted.tenant = "acme"
            _ = try await store.enqueue([tenanted])
            _ = try await store.enqueue1(type: "a")
            _ = try await store.enqueue1(type: "z", queue: "r")
            _ = try await store.delete(gone)
            let queues = try await store.queues()
            #expect(queues.map(\.name) == ["q", "r"])
            #expect(queues[0].counts == [.queued: 2, .running: 1])
            let record = try await store.record(tenanted.id)
            #expect(queues[0].oldest == record.insertedAt)
            for claim in try await store.claims(1, queues: ["r"]) { _ = try await store.settle(claim.ticket, .done) }
            #expect(try await store.queues()[1].oldest == nil)
        }
    }

    @Test("jobs before another are counted to a thousand, past those that are gone")
    func position() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let ids = try await store.enqueue(count: 1200)
            for id in ids[0..<10] { _ = try await store.delete(id) }
            for id in ids[10..<20] { _ = try await store.cancel(id, reason: "x") }
            _ = try await store.claims(5)
            for (place, ahead) in [(25, 0), (26, 1), (600, 575), (1025, 1000), (1199, 1000)] {
                let reasons = try await store.waitReasons(ids[place])
                #expect(reasons == [.noWorker(type: "t", queue: "q"), .position(ahead: ahead)])
            }
            try await store.announce(WorkerNotice(worker: "w", queues: ["q"], types: ["t"]), ttl: .seconds(60))
            #expect(try await store.waitReasons(ids[25]) == [.position(ahead: 0)])
        }
    }

    @Test("a log takes no more than twice what is shown of it, whatever is written")
    func log() async throws {
        try await RedisCase.run { place in
            let store = place.store
            let id = try await store.enqueue1()
            let ticket = try await store.claim1().ticket
            for number in 0..<300 {
                let line = "\(number) " + String(repeating: "\\\n", count: number * 8)
                #expect(try await store.note(ticket, progress: nil, log: [line, "x"]) == .settled)
                #expect(try await place.count("STRLEN $l:\(id)") ?? .max <= JobLimits.logBytes * 2)
            }
            _ = try await store.note(ticket, progress: nil, log: Array(repeating: "", count: 100_000))
            #expect(try await place.count("STRLEN $l:\(id)") ?? .max <= JobLimits.logBytes * 2)
            _ = try await store.note(ticket, progress: [], log: ["the end"])
            let notes = try #require(try await store.notes(id))
            #expect(notes.log.last?.text == "the end")
            #expect(notes.progress == [])
            #expect(notes.log.reduce(0) { $0 + $1.text.utf8.count } <= JobLimits.logBytes)
        }
    }

    @Test("what was written by a version to come does not stop other periodic jobs")
    func unreadableCrons() async throws {
        try await RedisCase.run { place in
            let store = place.store
            for number in 0..<30 {
                try await place.redis("HSET $cron odd\(number) 2")
                try await place.redis("ZADD $slots 1 odd\(number)")
            }
            let none = try await store.dueCrons(limit: 10, wait: .milliseconds(30))
            #expect(none.crons.isEmpty)
            let cron = CronEntry(name: "c", schedule: "@daily", job: NewJob(type: "t", payload: []))
            async let due = store.dueCrons(limit: 10, wait: .seconds(30))
            try await store.putCron(cron, next: Timestamp(microseconds: 2))
            #expect(try await due.crons == [CronStatus(entry: cron, next: Timestamp(microseconds: 2), last: nil)])
            #expect(try await store.crons().map(\.entry.name) == ["c"])
        }
    }

    @Test("of many that fire a slot one does, with all its jobs; a full server leaves the slot to be fired")
    func fire() async throws {
        try await RedisCase.run { place in
            let store = place.store
            var made = NewJob(type: "t", queue: "q", payload: [])
            made.tenant = "acme"
            let cron = CronEntry(name: "c", schedule: "@daily", job: made)
            try await store.putCron(cron, next: Timestamp(microseconds: 1))
            @Sendable func fire(slot: Int64, next: Int64?, count: Int) async throws -> Bool {
                let jobs = (0..<count).map { _ in
                    var job = cron.job
                    job.id = JobIDGenerator.shared.next()
                    return job
                }
                return try await store.fireCron(
                    "c", slot: Timestamp(microseconds: slot), next: next.map { Timestamp(microseconds: $0) }, jobs: jobs
                )
            }
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 { group.addTask { try await fire(slot: 1, next: 9, count: 3) } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
            #expect(try await store.counts()[.queued] == 3)
            try await place.redis("CONFIG SET maxmemory 1")
            await StoreClock().expect(.unavailable) { _ = try await fire(slot: 9, next: 10, count: 1) }
            try await place.redis("CONFIG SET maxmemory 0")
            #expect(try await store.crons().first?.next == Timestamp(microseconds: 9))
            #expect(try await fire(slot: 9, next: nil, count: 1000))
            #expect(try await store.counts()[.queued] == 1003)
            #expect(
                try await store.crons().first == CronStatus(entry: cron, next: nil, last: Timestamp(microseconds: 9)))
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("notices that ceased to hold are forgotten, keys and all")
    func workers() async throws {
        try await RedisCase.run { place in
            let store = place.store
            for number in 0..<700 {
                try await store.announce(
                    WorkerNotice(worker: "w\(number)", queues: ["q"], types: nil),
                    ttl: number < 600 ? .seconds(600) : .milliseconds(1))
            }
            try await eventually("a hundred ceased to hold") { try await store.workers().count == 600 }
            try await store.withdraw(worker: "w0")
            try await store.announce(WorkerNotice(worker: "w1", queues: ["r"], types: ["t"]), ttl: .seconds(600))
            try await store.announce(WorkerNotice(worker: "w2", queues: ["r"], types: nil), ttl: .zero)
            #expect(try await store.workers().count == 599)
            #expect(try await place.count("ZCARD $workers") == 599)
        }
    }
}
