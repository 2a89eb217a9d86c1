import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// `Examples/worker.py`, as it is printed, against a real cluster.
@Suite(.serialized) struct ForeignWorkerTests {
    private static let script =
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/Examples/worker.py"

    private func worker(_ arena: Arena) throws -> ChildProcess {
        try ChildProcess.start(
            "env", ["ROOST_API=\(arena.curl.base)", "ROOST_LEASE=5", "python3", Self.script],
            output: "\(arena.directory.path)/worker.log")
    }

    @Test("a job whose Python worker is killed in the middle is done by another", arguments: Arena.Kind.allCases)
    func killed(kind: Arena.Kind) throws {
        let arena = try Arena(kind, nodes: 1, options: [])
        let lonely = try arena.submit(#""type":"count-words","payload":{"text":"to be or not to be"}"#)
        #expect(try arena.why(lonely).contains("no_worker"))
        let first = try worker(arena)
        defer { first.signal(SIGKILL) }
        let done = try arena.job(lonely, is: "done")
        #expect(try arena.curl.get("/jobs/\(lonely)").body.contains(#""result":{"words": 6}"#), "\(done)")
        #expect(try arena.curl.get("/workers").body.contains(#""worker":"python-\#(first.pid)""#))

        let victim = try arena.submit(#""type":"count-words","payload":{"text":"a b c","seconds":3}"#)
        _ = try arena.job(victim, is: "running")
        first.signal(SIGKILL)
        _ = first.wait(milliseconds: 5000)
        let others = try [worker(arena), worker(arena)]
        defer { for other in others { other.signal(SIGKILL) } }
        // Longer than a lease: its heartbeat keeps it.
        let long = try arena.submit(#""type":"count-words","payload":{"text":"a","seconds":7}"#)
        let broken = try arena.submit(#""type":"count-words","max_attempts":1,"payload":{"no":"text"}"#)
        _ = try arena.job(broken, is: "failed")
        #expect(try arena.curl.get("/jobs/\(broken)").string("error")?.contains("KeyError: 'text'") == true)
        _ = try arena.job(victim, is: "done", seconds: 60)
        let saved = try arena.curl.get("/jobs/\(victim)")
        #expect(saved.int("attempt") == 2 && saved.int("crashes") == 1, "\(saved.body)")
        #expect(others.contains { saved.string("worker") == "python-\($0.pid)" }, "\(saved.body)")
        _ = try arena.job(long, is: "done", seconds: 60)
        #expect(try arena.curl.get("/jobs/\(long)").int("attempt") == 1)

        for other in others { other.signal(SIGTERM) }
        for other in others { #expect(other.wait(milliseconds: 20_000) == 0) }
        try arena.finish()
    }

    @Test("a worker that hangs up while it waits is handed nothing, behind HAProxy as well")
    func hangsUp() throws {
        let arena = try Arena(.up, options: [])
        let balancer = try ShippedBalancer(apis: [arena.curl.base], in: arena.directory.path)
        for url in [arena.curl.base, balancer.url] {
            var worker: WireClient? = try WireClient(url)
            let body = #"{"wait":30,"worker":"gone"}"#
            let head = "POST /leases HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            worker?.send(Array((head + body).utf8))
            try waiting(1, arena)
            worker = nil
            try waiting(0, arena)
        }
        let id = try arena.submit(#""payload":{}"#)
        #expect(try arena.job(id)?.status == "queued")
        try arena.finish()
    }

    /// Waits until so many requests wait for something.
    private func waiting(_ count: Int, _ arena: Arena) throws {
        _ = try eventually("\(count) to wait") {
            try arena.curl.get("/metrics").body.contains("\nroost_http_requests_waiting \(count)\n") ? true : nil
        }
    }
}
