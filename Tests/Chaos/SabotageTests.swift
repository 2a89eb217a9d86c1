import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Faults that a store could have, made in a running cluster behind its back: the checker must see each.
@Suite(.serialized) struct SabotageTests {
    /// A cluster whose ledger is tampered with.
    private final class Saboteur {
        let cluster: ClusterUnderTest
        let client: JobClient
        let log = HistoryLog()

        init() async throws {
            cluster = try await ClusterUnderTest(nodes: 2)
            client = JobClient(base: cluster.balancer.url)
            _ = try await client.insist(.GET, "/livez")
        }

        func submit(_ op: String, seconds: Double = 0, delay: Double = 0, queue: String = "default") async throws
            -> String
        {
            let item = WorkItem(op: op, seconds: seconds, delay: delay, queue: queue)
            let submit = await client.submit(item)
            log.add(.submit(submit))
            guard case .ok(let job) = submit.answer else { throw Surprise("\(submit)") }
            return job
        }

        @discardableResult
        func look(_ job: String) async throws -> HistoryEvent.Poll {
            guard let poll = await client.poll(job) else { throw Surprise("no answer") }
            log.add(.poll(poll))
            return poll
        }

        /// The job once it is in that state.
        func wait(_ job: String, _ state: String) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while try await look(job).state?.rawValue != state {
                guard ContinuousClock.now < deadline else { throw Surprise("\(job) is not \(state)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// A job that has been done.
        func done(_ op: String) async throws -> String {
            let job = try await submit(op)
            try await wait(job, "done")
            return job
        }

        @discardableResult
        func redis(_ command: String) throws -> String {
            let words = command.split(separator: " ").map { $0.hasPrefix("#") ? "{roost}:\($0.dropFirst())" : "\($0)" }
            return try RedisCommand.run(words, cluster.redis)
        }

        /// Puts another result in the place of a small job's, which has it in its record.
        func forge(_ job: String, _ result: String) throws { try rewrite(job, [result]) }

        /// To the front of its lane, as if it had never been claimed.
        func revive(_ job: String) throws {
            try rewrite(job, [])
            try redis("XADD #q:default|5|record * id \(job)")
            try redis("ZADD #lanes:default 5 5:record")
            try redis("PUBLISH #wake q")
        }

        private func rewrite(_ job: String, _ arguments: [String]) throws {
            let reply = try RedisCommand.run(["EVAL", Self.script, "1", "{roost}:j:\(job)"] + arguments, cluster.redis)
            guard reply.contains("OK") else { throw Surprise("\(job) has no state in its record: \(reply)") }
        }

        /// KEYS[1] a record with its state in it. ARGV: the new result; none: the state goes.
        private static let script = #"""
            local state, from = string.match(redis.call('GET', KEYS[1]), '^3 ([^\n]*)\n()')
            local size = tonumber(string.match(state, '^' .. string.rep('%S+ ', 10) .. '(%d+)')) or 0
            local record = string.sub(redis.call('GET', KEYS[1]), from + size)
            if #ARGV == 0 then return redis.call('SET', KEYS[1], record) end
            local fields = string.match(state, '^' .. string.rep('%S+ ', 10))
            return redis.call('SET', KEYS[1], '3 ' .. fields .. #ARGV[1] .. '\n' .. ARGV[1] .. record)
            """#
    }

    @Test("a ledger that is tampered with in twelve ways is found out in each")
    func sabotage() async throws {
        let it = try await Saboteur()
        var expected: [(HistoryRule, String)] = []

        let gone = try await it.done("gone")
        try it.redis("DEL #j:\(gone)")
        expected.append((.lost, gone))

        let forgotten = try await it.submit("forgotten", delay: 2)
        try it.redis("ZREM #scheduled \(forgotten)")
        expected.append((.stuck, forgotten))

        let early = try await it.submit("early", delay: 600)
        try it.redis("ZADD #scheduled 0 \(early)")
        try it.redis("PUBLISH #wake s")
        expected.append((.early, early))

        let forged = try await it.done("forged")
        try it.forge(forged, #"{"op":"forged"}"#)
        expected.append((.results, forged))

        let torn = try await it.done("torn")
        try it.forge(torn, "\"\"")
        expected.append((.results, torn))

        let again = try await it.done("again")
        try it.revive(again)
        expected.append((.repeated, again))

        let double = try await it.done("double")
        let twin = String(double.dropLast()) + (double.last == "0" ? "1" : "0")
        try it.redis("COPY #j:\(double) #j:\(twin)")
        try it.redis("ZADD #all 0 \(twin)")
        try it.revive(twin)
        expected.append((.doubled, "double is 2 jobs"))
        expected.append((.effects, "double had 2 effects"))

        let cancelled = try await it.submit("cancelled", delay: 600)
        it.log.add(.cancel(await it.client.cancel(cancelled)))
        try it.redis("ZREM #scheduled \(cancelled)")
        try it.revive(cancelled)
        expected.append((.cancelled, cancelled))

        guard let pause = try await it.client.insist(.POST, "/queues/held/pause") else { throw Surprise("no pause") }
        let held = try await it.submit("held", queue: "held")
        try it.redis("HDEL #queues held")
        try it.redis("PUBLISH #wake q")
        try await it.wait(held, "done")
        it.log.add(.pause(queue: "held", acknowledged: pause.at, resumed: HistoryLog.now))
        expected.append((.paused, held))

        try it.redis(#"XADD jobs:work * id 7 type record payload {"seconds":0} attempts 0"#)
        expected.append((.unasked, "nobody asked"))

        let stolen = try await it.submit("stolen", seconds: 4)
        try await it.wait(stolen, "running")
        try it.redis("ZADD #leases 1 \(stolen)")
        expected.append((.repeated, stolen))

        try await it.wait(stolen, "done")
        for job in [gone, forgotten, early, forged, torn, again, double, twin, cancelled, held] {
            try await it.look(job)
        }
        for event in try it.cluster.notebook.history() { it.log.add(event) }
        let checker = HistoryChecker(it.log.all)
        for (rule, text) in expected {
            let isCaught = checker.violations.contains { $0.rule == rule && $0.text.contains(text) }
            #expect(isCaught, "\(rule) of \(text) in \(checker.violations)")
        }
        let caught = expected.count { rule, text in
            checker.violations.contains { $0.rule == rule && $0.text.contains(text) }
        }
        FigureSheet.add(
            "planted faults in a running cluster's ledger", "\(caught) of \(expected.count) caught",
            goal: "all", isMet: caught == expected.count,
            values: ["planted": .count(expected.count), "caught": .count(caught)])
        await it.client.close()
    }
}
