import FoundationEssentials
import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Synchronization

/// A job system as a tutorial builds it: producers that add to a stream, and worker processes. What it does wrong is
/// what the checker must see.
final class SeedSystem: Sendable {
    let directory: TemporaryDirectory
    let redis: RedisServer
    let notebook: Notebook
    let log = HistoryLog()
    private let workers = Mutex<[ChildProcess]>([])

    init() throws {
        directory = try TemporaryDirectory()
        redis = try RedisServer.start(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
        notebook = Notebook(path: "\(directory.path)/notebook")
    }

    deinit {
        for worker in workers.withLock({ $0 }) {
            worker.signal(SIGKILL)
            _ = worker.wait(milliseconds: 5000)
        }
    }

    /// Starts a worker; returns when it takes jobs.
    func addWorker() async throws {
        let output = "\(directory.path)/worker-\(UInt32.random(in: 0 ... .max)).log"
        // The tutorial takes over after 30 s; here all times are short.
        let worker = try ChildProcess.start(
            Self.python, ["\(Self.folder)/seed-worker.py", "\(redis.port)", notebook.path, "1"], output: output)
        workers.withLock { $0.append(worker) }
        let deadline = ContinuousClock.now + .seconds(30)
        while !TestOutput.text(output).contains("ready") {
            guard ContinuousClock.now < deadline else { throw Surprise(TestOutput.text(output)) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// A Python that has the package `redis`; Debian's has it.
    private static let python =
        [ProcessInfo.processInfo.environment["ROOST_PYTHON"], "python3"]
        .compactMap(\.self).first { (try? ChildProcess.run($0, ["-c", "import redis"])) != nil } ?? "/usr/bin/python3"

    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }

    /// kill -9 of the oldest worker.
    func killWorker() {
        let victim = workers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        guard let victim else { return }
        let from = HistoryLog.now
        victim.signal(SIGKILL)
        _ = victim.wait(milliseconds: 5000)
        log.add(.fault(.init(kind: .killNode, pids: [victim.pid], from: from, to: HistoryLog.now)))
    }

    /// Adds jobs to the stream as the tutorial's API does.
    func submit(_ ops: [String], seconds: Double = 0, failures: Int = 0) {
        for op in ops {
            let sent = HistoryLog.now
            let payload = #"{"op":"\#(op)","seconds":\#(seconds),"until_attempt":\#(failures + 1)}"#
            let words = ["XADD", "jobs:work", "MAXLEN", "~", "200", "*", "id", op, "type", "record"]
            let reply = try? RedisCommand.run(words + ["payload", payload, "attempts", "0"], redis)
            // A stream's entry has an id like 1-0.
            let isTaken = reply?.contains("-") ?? false && reply?.first?.isNumber ?? false
            let answer: HistoryEvent.Submit.Answer = isTaken ? .ok(job: op) : .unknown(reply ?? "no reply")
            log.add(.submit(.init(op: op, sent: sent, at: HistoryLog.now, failures: failures, answer: answer)))
        }
    }

    /// What is known of the jobs in the end: done when a handler said so, dead when there is a dead letter.
    func judge() throws -> HistoryChecker {
        let written = try notebook.history()
        let dead = try RedisCommand.run(["XRANGE", "jobs:dead", "-", "+"], redis)
        var ends: [String: HistoryEvent.End] = [:]
        for case .end(let end) in written where end.outcome == .ok { ends[end.job] = end }
        let now = HistoryLog.now
        for case .submit(let submit) in log.all {
            guard case .ok(let job) = submit.answer else { continue }
            let end = ends[job]
            let state: JobState = end != nil ? .done : dead.contains(job) ? .failed : .queued
            log.add(
                .poll(
                    .init(
                        job: job, sent: now, at: now, op: job, state: state, attempt: end?.attempt ?? 0,
                        finished: end?.at, result: end?.result, error: state == .failed ? "dead letter" : nil)))
        }
        return HistoryChecker(log.all + written, lease: 15_000_000)
    }
}
