import FoundationEssentials
import Glibc
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Rows of the catalogue of faults (Documentation/faults.md) that need whole processes and have no better place.
@Suite(.serialized) struct CatalogueTests {
    @Test("a node killed after a job's effect has it run again under the same key, and not again once it was done")
    func killedAfterEffect() async throws {
        let cluster = try await ClusterUnderTest(nodes: 2)
        let client = JobClient(base: cluster.balancer.url)
        _ = try await client.insist(.GET, "/livez")
        let submit = await client.submit(WorkItem(op: "effect", seconds: 2))
        guard case .ok(let job) = submit.answer else { throw Surprise("\(submit)") }
        let effect = "\(cluster.notebook.path).effects/\(job)"
        try await wait("the effect") { FileManager.default.fileExists(atPath: effect) }
        let starts = try cluster.notebook.firstStarts(after: 0)
        let victim = cluster.nodes.first { $0.pid.map { starts[$0] != nil } ?? false }
        try await victim?.kill()
        try await wait("the end") { await client.poll(job)?.state == .done }
        // Whoever ran it dies as soon as it is done.
        for node in cluster.nodes where node.isAlive { try await node.kill() }
        for node in cluster.nodes { try await node.start() }
        let next = await client.submit(WorkItem(op: "next", seconds: 0))
        guard case .ok(let other) = next.answer else { throw Surprise("\(next)") }
        try await wait("the next job") { await client.poll(other)?.state == .done }
        let history = try cluster.notebook.history()
        let attempts = history.compactMap { event -> Int? in
            if case .start(let start) = event, start.job == job { start.attempt } else { nil }
        }
        #expect(attempts == [1, 2])
        #expect(history.count { if case .effect("effect", _) = $0 { true } else { false } } == 1)
        let poll = await client.poll(job)
        #expect(poll?.state == .done && poll?.attempt == 2 && poll?.crashes == 1, "\(String(describing: poll))")
        await client.close()
    }

    @Test(
        "a server without free descriptors lives, and serves again when there are some",
        .enabled(if: ChaosOptions.isFull, "only in make chaos"))
    func descriptors() async throws {
        let directory = try TemporaryDirectory()
        let program = try RoostProgram(
            ["up", "--store", "memory:", "--port", "0", "--mesh-port", "0", "--console-port", "0", "--demo"],
            name: "up", in: directory.path, under: ["prlimit", "--nofile=64"])
        guard let base = try await program.parts()?["http"], let port = base.split(separator: ":").last else {
            throw Surprise(program.printed)
        }
        let hogs = try (0..<120).map { _ in
            try ChildProcess.start("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); exec sleep 60"])
        }
        try await Task.sleep(for: .seconds(3))
        #expect(program.isAlive, "\(program.printed.suffix(1000))")
        for hog in hogs {
            hog.signal(SIGKILL)
            _ = hog.wait(milliseconds: 5000)
        }
        let client = JobClient(base: base)
        try await wait("a job to be taken") {
            if case .ok = await client.submit(WorkItem(op: "x", seconds: 0)).answer { true } else { false }
        }
        await client.close()
        #expect(try program.stop() == 0)
    }

    @Test(
        "a full disk refuses jobs, keeps those it took, and is over when there is room",
        .enabled(if: SmallDisk.obstacle == nil, "\(SmallDisk.obstacle ?? "")"),
        arguments: ["sqlite", "redis always", "redis everysec"])
    func fullDisk(store: String) async throws {
        let disk = try SmallDisk(megabytes: 6)
        let directory = try TemporaryDirectory()
        let policy = store.split(separator: " ").last.map { String($0) } ?? ""
        let redis =
            store == "sqlite"
            ? nil
            : try RedisServer.start(
                arguments: ["--dir", disk.path, "--appendonly", "yes", "--appendfsync", policy])
        let program = try RoostProgram(
            [redis == nil ? "up" : "api", "--store", redis?.url ?? "sqlite:\(disk.path)/roost.db"]
                + ["--port", "0", "--mesh-port", "0", "--console-port", "0"], name: "api", in: directory.path)
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        let filling = String(repeating: "x", count: 40_000)
        func give(_ number: Int) async -> String? {
            let body = #"{"type":"none","queue":"kept","payload":{"op":"\#(number)","filling":"\#(filling)"}}"#
            guard let reply = try? await client.request(.POST, "/jobs", body), reply.status == 202 else { return nil }
            return reply.object?["job_id"]?.string
        }
        var taken: [String] = []
        var refusals = 0
        for number in 0..<400 where refusals < 5 {
            if let job = await give(number) { taken.append(job) } else { refusals += 1 }
        }
        #expect(refusals == 5 && !taken.isEmpty && program.isAlive)
        try disk.grow(megabytes: 64)
        // A server that syncs each write ends when it cannot; one that does not goes on by itself.
        if let redis, store == "redis always" { try redis.restart() }
        try await wait("jobs to be taken again") { await give(1000) != nil }
        var missing = 0
        for job in taken where await client.poll(job)?.state == nil { missing += 1 }
        let atRisk = store == "redis everysec" ? 1 : 0
        FigureSheet.add(
            "full disk, \(store)", "\(taken.count) acknowledged, \(missing) missing",
            goal: atRisk == 0 ? "0 missing" : "1 missing at most", isMet: missing <= atRisk,
            values: ["acknowledged": .count(taken.count), "missing": .count(missing)])
        // What everysec risks is said, not hidden: at most what was on its way when the disk was full.
        #expect(missing <= atRisk)
        await client.close()
        #expect(try program.stop() == 0)
    }

    @Test("a lane whose ids are used up refuses jobs, and the others go on")
    func lastID() async throws {
        let directory = try TemporaryDirectory()
        let redis = try RedisServer.start()
        let last = "18446744073709551615-18446744073709551615"
        try RedisCommand.run(["XADD", "{roost}:q:spent|5|record", last, "id", "none"], redis)
        let program = try RoostProgram(
            ["up", "--store", redis.url, "--port", "0", "--mesh-port", "0", "--console-port", "0"]
                + ["--demo", "--queues", "spent,default"], name: "up", in: directory.path,
            environment: ["ROOST_DEMO_RECORD": "\(directory.path)/notebook"])
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        let spent = await client.submit(WorkItem(op: "a", seconds: 0, queue: "spent")).answer
        if case .ok = spent { Issue.record("taken into a lane that has no room: \(spent)") }
        let other = await client.submit(WorkItem(op: "b", seconds: 0)).answer
        guard case .ok(let job) = other else { throw Surprise("\(other)") }
        try await wait("the other job") { await client.poll(job)?.state == .done }
        await client.close()
        #expect(try program.stop() == 0)
    }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Surprise("waited for \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
