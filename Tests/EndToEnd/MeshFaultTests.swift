import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// What members do when one of them dies, freezes, is starved, or Redis goes away.
@Suite(.serialized) struct MeshFaultTests {
    private func sleep(_ seconds: Double) { usleep(useconds_t(seconds * 1_000_000)) }

    @Test("a frozen process is down after a while, keeps its jobs until their leases end, and comes back as another")
    func frozen() throws {
        let lease = MeshChaos.isFull ? 15.0 : 9.0
        let cluster = try MeshCluster(3, environment: ["ROOST_LEASE_SECONDS": "\(Int(lease))"])
        var (downs, returns) = (Durations(), Durations())
        for _ in 0..<MeshChaos.repeats(short: 1, part: 40) {
            let id = try cluster.enqueue(#"{"type":"sleep","payload":{"seconds":3},"result_ttl":600}"#)
            let job = try cluster.job(id, "running")
            let victim = try cluster.owner(of: job)
            cluster.forget(victim)
            let frozen = MeshCluster.now
            victim.program.process.signal(SIGSTOP)
            for peer in cluster.peers {
                let down = try eventually("\(peer.name) to give \(victim.name) up") {
                    peer.event("member down", of: victim.name, since: frozen)
                }
                #expect(down.proof == "silence")
                downs.add(down.at - frozen)
                #expect(try peer.nodes("link")[victim.name] == "down")
            }
            let second = try cluster.job(id, "running", attempt: 2, seconds: 60)
            // Its lease was extended a third of a lease before at the latest.
            #expect((try #require(second.time("started_at"))) - frozen > lease * 2 / 3 - 0.5)
            #expect(cluster.peers.allSatisfy { !$0.program.printed.contains("jobs of a dead worker") })
            if MeshChaos.isFull { sleep(max(0, 20 - (MeshCluster.now - frozen))) }
            let resumed = MeshCluster.now
            victim.program.process.signal(SIGCONT)
            for peer in cluster.peers {
                let back = try eventually("\(victim.name) to be back at \(peer.name)") {
                    peer.event("member up", of: victim.name, since: resumed)
                }
                returns.add(back.at - resumed)
                #expect(peer.events.filter { $0.message == "member up" && $0.member == back.member }.count == 1)
            }
            #expect(victim.program.printed.contains("counted as down by others: came back"))
            // What the frozen process makes of the job comes late: the outcome is the other's.
            let worker = second.string("worker")
            let done = try cluster.job(id, "done")
            #expect(done.int("attempt") == 2 && done.string("worker") == worker, "\(done.body)")
            cluster.adopt(victim)
            let after = try eventually("\(victim.name) to see all") {
                let states = try victim.nodes("link")
                return states.values.count { $0 == "connected" } == cluster.peers.count - 1 ? states : nil
            }
            #expect(after.count == cluster.peers.count, "\(after)")
        }
        let stats = try #require(cluster.peers.first).curl.get("/stats")
        #expect(stats.int("done") == stats.int("total") && stats.int("running") == 0, "\(stats.body)")
        FigureSheet.add(
            "SIGSTOP for 20 s, down at the others", downs, goal: "6 to 12 s",
            isMet: downs.smallest >= 6 && downs.worst < 12)
        FigureSheet.add("SIGCONT, up again as another", returns, goal: "≤ 6 s", isMet: returns.worst < 6)
        #expect(downs.smallest >= 6 && downs.worst < (MeshChaos.isFull ? 12 : 20))
        #expect(returns.worst < 6 * MeshChaos.slack)
    }

    @Test("short pauses and busy cores bring nobody down")
    func starved() throws {
        let cluster = try MeshCluster(3, environment: ["ROOST_CONCURRENCY": "4"])
        let start = MeshCluster.now
        let peers = cluster.peers
        let pauses = MeshChaos.repeats(short: 3, part: 10)
        for turn in 0..<pauses {
            peers[turn % peers.count].pause(seconds: 2)
            sleep(0.3)
        }
        let paused = cluster.downs(since: start)
        FigureSheet.add(
            "SIGSTOP for 2 s, \(pauses) times: members down", "\(paused.count)", goal: "0", isMet: paused.isEmpty,
            values: ["pauses": .count(pauses), "downs": .count(paused.count)])
        #expect(paused.isEmpty, "\(paused)")
        let seconds = MeshChaos.isFull ? Int(MeshChaos.long) : 5
        // Asked from outside: the processes' own HTTP servers wait for a thread like everybody in there.
        let shell = try ShellSession(["--store", cluster.redis.url], in: cluster.directory.path)
        for _ in 0..<peers.count * 4 {
            try shell.type(#"enqueue spin {"seconds":\#(seconds)}"#, until: "\n")
        }
        try shell.type("jobs", seconds: 60, until: "running")
        var pings = Durations()
        let end = MeshCluster.now + Double(seconds)
        while MeshCluster.now < end {
            let said = try shell.type("ping \(peers[pings.count % peers.count].name)", seconds: 30, until: " ms\n")
            let words = said.firstRange(of: " ms").map { said[..<$0.lowerBound].split(separator: " ") } ?? []
            pings.add((words.last.flatMap { Double($0) } ?? .infinity) / 1000)
            sleep(0.05)
        }
        FigureSheet.add("ping while handlers hold every core for \(seconds) s", pings)
        #expect(pings.worst < (MeshChaos.isFull ? 1 : 3))
        let stats = try eventually("all to be done", seconds: 30 + 10 * seconds) {
            let stats = try peers[0].curl.get("/stats")
            return stats.int("done") == peers.count * 4 ? stats : nil
        }
        // None was taken from a process that only had no time.
        let reclaimed = stats.object?["totals"]?.object?["reclaimed"]?.int ?? -1
        let downs = cluster.downs(since: start)
        FigureSheet.add(
            "handlers hold every core for \(seconds) s: members down, jobs taken from the living",
            "\(downs.count), \(reclaimed)", goal: "0, 0", isMet: downs.isEmpty && reclaimed == 0,
            values: ["downs": .count(downs.count), "reclaimed": .count(reclaimed)])
        #expect(reclaimed == 0, "\(stats.body)")
        #expect(downs.isEmpty, "\(downs)")
    }

    @Test("while Redis hangs, and while it is gone, nobody is down and calls go on; then all register again")
    func redisAway() throws {
        let cluster = try MeshCluster(3)
        let redis = cluster.redis
        let seconds = MeshChaos.isFull ? MeshChaos.long : 6
        let shell = try ShellSession(["--store", redis.url], in: cluster.directory.path)
        let start = MeshCluster.now
        var calls = Durations()
        func callWhile(_ seconds: Double) throws {
            let end = MeshCluster.now + seconds
            while MeshCluster.now < end {
                for peer in cluster.peers {
                    let asked = MeshCluster.now
                    try shell.type("call \(peer.name) whoami", until: "\(peer.name)\n")
                    calls.add(MeshCluster.now - asked)
                }
                sleep(0.2)
            }
        }
        func registered() throws -> Double {
            let back = MeshCluster.now
            _ = try eventually("all to be registered again") {
                let listed = try RedisCommand.run(["ZRANGE", "{roost}:m", "0", "-1"], redis)
                return cluster.peers.allSatisfy { listed.contains($0.name) } ? true : nil
            }
            return MeshCluster.now - back
        }
        var returns = Durations()
        redis.pause()
        try callWhile(seconds)
        redis.resume()
        returns.add(try registered())
        // Gone, and back without a memory.
        redis.stop()
        try callWhile(seconds)
        try redis.restart()
        returns.add(try registered())
        // Emptied over and over.
        let end = MeshCluster.now + (MeshChaos.isFull ? seconds : 2)
        while MeshCluster.now < end {
            try RedisCommand.run(["FLUSHALL"], redis)
            try callWhile(1)
        }
        returns.add(try registered())
        let downs = cluster.downs(since: start)
        FigureSheet.add(
            "Redis hung, gone, emptied, \(Int(seconds)) s each: calls meanwhile, none failed", calls,
            values: ["downs": .count(downs.count)])
        FigureSheet.add(
            "members down in that time", "\(downs.count)", goal: "0", isMet: downs.isEmpty,
            values: ["downs": .count(downs.count)])
        FigureSheet.add("Redis back, all registered again", returns, goal: "≤ 6 s", isMet: returns.worst < 6)
        #expect(returns.worst < 6 * MeshChaos.slack)
        #expect(downs.isEmpty, "\(downs)")
        for peer in cluster.peers {
            let states = try peer.nodes("state")
            #expect(cluster.peers.allSatisfy { states[$0.name] == "up" }, "\(states)")
            #expect(peer.program.isAlive)
        }
    }

    @Test("a cluster forms at once, also among what many dead ones left in the registry")
    func forms() throws {
        let redis = try RedisServer.start()
        for port in 1...20 {
            let name = "worker@127.0.0.1:\(port)"
            let expires = Int((MeshCluster.now + 60) * 1000)
            let identity =
                #"{"format":1,"incarnation":"00000000000000\#(port + 16)","name":"\#(name)","roles":["worker"],"#
                + #""started":1,"ttl":60000,"version":"0"}"#
            try RedisCommand.run(["ZADD", "{roost}:m", "\(expires)", name], redis)
            try RedisCommand.run(["HSET", "{roost}:m:identity", name, identity], redis)
            try RedisCommand.run(["HSET", "{roost}:m:report", name, "{}"], redis)
        }
        let few = MeshCluster.now
        let cluster = try MeshCluster(5, redis: redis)
        let met = try cluster.meet() - few
        for peer in cluster.peers {
            let states = try eventually("\(peer.name) to see through the stale entries") {
                let states = try peer.nodes("state")
                return states.values.count { $0 == "up" } == cluster.peers.count ? states : nil
            }
            #expect(states.count == 25 && cluster.peers.allSatisfy { states[$0.name] == "up" }, "\(states)")
        }
        let seen = MeshCluster.now - few
        let size = MeshChaos.isFull ? 20 : 10
        let many = MeshCluster.now
        let crowd = try MeshCluster(size)
        let all = try crowd.meet() - many
        let views = try crowd.peers.map { try $0.nodes("state").filter { $0.value == "up" }.keys.sorted() }
        #expect(views.allSatisfy { $0 == crowd.peers.map(\.name).sorted() })
        var (first, second) = (Durations(), Durations())
        first.add([met, seen])
        second.add(all)
        FigureSheet.add(
            "5 started among 20 stale entries, connected and seen", first, goal: "≤ 5 s", isMet: first.worst < 5)
        FigureSheet.add(
            "\(size) started at once, all connected with equal views", second, goal: "≤ 10 s", isMet: second.worst < 10)
        #expect(seen < 5 * MeshChaos.slack && all < 10 * MeshChaos.slack)
    }
}
