import FoundationEssentials
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// A replica that takes over without the newest writes: what Redis's own failover may do.
@Suite(.serialized) struct PromotionTests {
    @Test(
        "after an asynchronous failover what was replicated is done, what was not is unknown, and nothing in between",
        .enabled(if: ChaosOptions.isFull, "only in make chaos"))
    func promotion() async throws {
        let master = try RedisServer.start()
        let (cable, road) = (try await FaultProxy.start(to: master.port), try await FaultProxy.start(to: master.port))
        let replica = try RedisServer.start(arguments: ["--replicaof", "127.0.0.1", "\(cable.port)"])
        let directory = try TemporaryDirectory()
        let notebook = Notebook(path: "\(directory.path)/notebook")
        let store = "redis://127.0.0.1:\(road.port)"
        let program = try RoostProgram(
            ["up", "--store", store, "--port", "0", "--mesh-port", "0", "--console-port", "0", "--demo"], name: "up",
            in: directory.path, environment: ["ROOST_DEMO_RECORD": notebook.path])
        guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
        let client = JobClient(base: base)
        func give(_ name: String, _ count: Int, _ item: (String) -> WorkItem) async throws -> [String] {
            var jobs: [String] = []
            for number in 0..<count {
                guard case .ok(let job) = await client.submit(item("\(name)-\(number)")).answer else {
                    throw Surprise("\(name) is not taken")
                }
                jobs.append(job)
            }
            return jobs
        }
        // Some that nobody serves, and one that starts when the replica hears of nothing any more.
        var kept = try await give("kept", 10) { WorkItem(op: $0, seconds: 0, queue: "kept") }
        kept += try await give("late", 1) { WorkItem(op: $0, seconds: 3, delay: 1.5) }
        try await wait("the replica") {
            let answer = try RedisCommand.run(["WAIT", "1", "5000"], master)
            return answer.contains("1")
        }
        cable.set(.hold)
        let lost = try await give("lost", 10) { WorkItem(op: $0, seconds: 0.01) }
        try await wait("the late one to start, and the lost ones to end") {
            let history = try notebook.history()
            let ends = history.count { if case .end = $0 { true } else { false } }
            return ends >= 10 && history.contains { if case .start(let s) = $0 { s.op == "late-0" } else { false } }
        }
        master.kill()
        cable.set(.refuse)
        try RedisCommand.run(["REPLICAOF", "NO", "ONE"], replica)
        road.aim(at: replica.port)
        road.cut()
        let promoted = HistoryLog.now
        var fresh: String?
        try await wait("a job to be taken") {
            if case .ok(let job) = await client.submit(WorkItem(op: "fresh", seconds: 0.01)).answer { fresh = job }
            return fresh != nil
        }
        try await wait("the fresh one") { await client.poll(fresh ?? "")?.state == .done }
        let resumed = Double(HistoryLog.now - promoted) / 1_000_000
        let late = kept.removeLast()
        // Its claim is unknown to the replica, so the outcome of the run that went on is refused.
        try await wait("the late one") { await client.poll(late)?.state == .done }
        for job in kept { #expect(await client.poll(job)?.state == .queued) }
        var gone = 0
        for job in lost where await client.poll(job)?.state == nil { gone += 1 }
        #expect(gone == lost.count, "what was never replicated is not there, and never said to be done")
        #expect(try notebook.history().count { if case .effect("late-0", _) = $0 { true } else { false } } == 1)
        FigureSheet.add(
            "a replica promoted without the last 10 of 21 acknowledged jobs",
            "\(gone) unknown, \(kept.count + 1) there; work goes on after \(ChaosReport.text(resumed))",
            goal: "nothing but the unreplicated is missing, ≤ 5 s", isMet: gone == lost.count && resumed <= 5,
            values: ["missing": .count(gone), "resumed": .number(resumed)])
        await client.close()
        #expect(try program.stop() == 0)
        let check = try RoostProgram(["fsck", "--store", store], name: "fsck", in: directory.path)
        let status = check.process.wait(milliseconds: 60_000)
        #expect(status == 0 && check.printed.contains("all fits"), "\(check.printed)")
    }

    private func wait(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Surprise("waited for \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
