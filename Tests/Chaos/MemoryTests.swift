import Glibc
import NIOHTTP1
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Memory that is used up.
@Suite(.serialized) struct MemoryTests {
    @Test(
        "a worker that the kernel kills for want of memory has its job run again elsewhere, under the same key",
        .enabled(if: MemoryBox.obstacle == nil, "\(MemoryBox.obstacle ?? "")"))
    func outOfMemory() async throws {
        let redis = try RedisServer.start()
        let directory = try TemporaryDirectory()
        let box = try MemoryBox(megabytes: 256)
        let notebook = Notebook(path: "\(directory.path)/notebook")
        func start(under launcher: [String]) throws -> RoostProgram {
            try RoostProgram(
                ["up", "--store", redis.url, "--port", "0", "--mesh-port", "0", "--console-port", "0", "--demo"],
                name: "up", in: directory.path, environment: ["ROOST_DEMO_RECORD": notebook.path], under: launcher)
        }
        // Alone at first: the job is its.
        let boxed = try start(under: box.launcher(victim: true))
        guard let first = try await boxed.parts()?["http"] else { throw Surprise(boxed.printed) }
        let early = JobClient(base: first)
        guard case .ok(let job) = await early.submit(WorkItem(op: "boxed", seconds: 4)).answer else {
            throw Surprise("not taken")
        }
        let deadline = ContinuousClock.now + .seconds(30)
        while try notebook.firstStarts(after: 0).isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        await early.close()
        let others = try (0..<2).map { _ in try start(under: []) }
        guard let base = try await others[0].parts()?["http"], try await others[1].parts() != nil else {
            throw Surprise("no addresses")
        }
        // A neighbour in the box takes what there is.
        let hog = try ChildProcess.start("sh", Array(box.launcher(victim: false).dropFirst()) + ["tail", "/dev/zero"])
        let status = boxed.process.wait(milliseconds: 30_000)
        let killed = HistoryLog.now
        #expect(status.map { $0 & 0x7F } == SIGKILL, "\(String(describing: status)) \(boxed.printed.suffix(500))")
        hog.signal(SIGKILL)
        _ = hog.wait(milliseconds: 5000)
        let client = JobClient(base: base)
        var poll = await client.poll(job)
        while poll?.state != .done, ContinuousClock.now < deadline + .seconds(30) {
            try await Task.sleep(for: .milliseconds(50))
            poll = await client.poll(job)
        }
        #expect(poll?.state == .done && poll?.attempt == 2 && poll?.crashes == 1, "\(String(describing: poll))")
        let history = try notebook.history()
        #expect(history.count { if case .effect("boxed", job) = $0 { true } else { false } } == 1)
        let starts = try notebook.firstStarts(after: 0)
        let again = others.compactMap { starts[$0.process.pid] }.min()
        let wait = again.map { max(0, Double($0 - killed) / 1_000_000) } ?? .infinity
        FigureSheet.add(
            "a worker killed by the kernel for want of memory, its job runs again", ChaosReport.text(wait),
            goal: "≤ 20 s", isMet: wait <= 20, values: ["seconds": .number(wait)])
        await client.close()
        for program in others { #expect(try program.stop() == 0) }
    }
}
