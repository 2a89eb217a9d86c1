import FoundationEssentials
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Stores looked after, and foreign producers, on a real system.
@Suite(.serialized) struct UpkeepTests {
    @Test("a SQLite file in use is not checked; a running job ends before the process does")
    func inUse() throws {
        let arena = try Arena(.up)
        let id = try arena.submit(#""type":"sleep","payload":{"seconds":0.5}"#)
        _ = try arena.job(id, is: "running")
        let refused = try arena.roost(["fsck", "--store", arena.store])
        #expect(refused.status == 78 && refused.text.contains("stop it, or use its API"), "\(refused)")
        #expect(try arena.roost(["fsck", "--store", "memory:"]).status == 64)
        let absent = "\(arena.directory.path)/absent.db"
        #expect(try arena.roost(["fsck", "--store", "sqlite:\(absent)"]).status == 66)
        // Looking must not make it.
        #expect(try arena.roost(["fsck", "--store", "sqlite:\(absent)"]).status == 66)
        try arena.finish()
        try arena.restartEnded()
        _ = try arena.job(id, is: "done")
        try arena.finish()
    }

    @Test("settings are read from their aliases, and one that is wrong is named")
    func settings() throws {
        let directory = try TemporaryDirectory()
        func config(_ environment: [String: String]) throws -> (status: Int32, text: String) {
            let program = try RoostProgram(["config"], name: "config", in: directory.path, environment: environment)
            let status = try #require(program.process.wait(milliseconds: 10_000))
            return ((status >> 8) & 0xFF, program.printed)
        }
        let fine = try config([
            "STREAM_KEY": "123", "CONSUMER_GROUP": "crew", "ROOST_KEEP_FAILED": "7", "ROOST_QUEUES": "media=2,default",
        ])
        #expect(fine.status == 0)
        for text in ["123", "crew", "7", "media=2,default"] {
            #expect(fine.text.split(separator: "\n").contains { $0.hasSuffix(" \(text)") }, "\(text) in \(fine.text)")
        }
        for (name, value) in [
            ("ROOST_KEEP_DONE", "some"), ("ROOST_LEASE_SECONDS", "0"), ("ROOST_CONSUMER_GROUP", "a b"),
            ("ROOST_QUEUES", "media=0"),
        ] {
            let wrong = try config([name: value])
            #expect(wrong.status == 78, "\(name)=\(value): \(wrong)")
        }
    }

    @Test("what does not fit is found beside the work, and put right when asked")
    func repair() throws {
        let arena = try Arena(.cluster)
        let redis = try #require(arena.redis)
        #expect(try arena.roost(["queue", "pause", "held"]).status == 0)
        let lost = try arena.enqueue(["lost", "--queue", "held"])
        try cli(redis, ["HINCRBY", "{roost}:counts", "held~q", "3"])
        try cli(redis, ["DEL", "{roost}:q:held|5|lost"])
        let found = try arena.roost(["fsck", "--store", arena.store])
        #expect(found.status == 65, "\(found)")
        #expect(found.text.contains("count-drift") && found.text.contains("missing-entry"), "\(found)")
        let json = try arena.roost(["fsck", "--store", arena.store, "--repair", "--json"])
        #expect(json.status == 0 && json.text.contains(#""clean":true"#), "\(json)")
        #expect(try arena.roost(["queue", "resume", "held"]).status == 0)
        _ = try arena.job(lost, is: "done")
        try arena.finish()
    }

    @Test("what any Redis client adds to the stream becomes jobs, and what is no job a dead letter")
    func foreign() throws {
        let arena = try Arena(.cluster, environment: ["STREAM_KEY": "jobs:other", "CONSUMER_GROUP": "crew"])
        let redis = try #require(arena.redis)
        let fields = [
            "id", "order-7", "type", "echo", "payload", #"{"to":"user@example.com"}"#, "priority", "1",
            "enqueued_at", "2026-01-01T00:00:00Z", "attempts", "0",
        ]
        try cli(redis, ["XADD", "jobs:other", "*"] + fields)
        try cli(redis, ["XADD", "jobs:other", "*", "type", "echo", "payload", "{"])
        let job = try eventually("the entry to be a job") { try arena.list("type=echo&status=done").first }
        #expect(job.raw("result") == #"{"to":"user@example.com"}"#, "\(job)")
        #expect(job.int("priority") == 1 && job.raw("tags") == #"["id:order-7"]"#, "\(job)")
        let letter = try eventually("the other to be a dead letter") { try arena.list("status=failed").first }
        #expect(letter.error.contains("is no job"), "\(letter)")
        #expect(letter.raw("payload") == #"{"type":"echo","payload":"{"}"#, "\(letter)")
        let left = try eventually("the entries to be deleted") { () -> String? in
            let length = try cli(redis, ["XLEN", "jobs:other"])
            return length == "0\n" ? length : nil
        }
        #expect(left == "0\n")
        #expect(try cli(redis, ["XINFO", "GROUPS", "jobs:other"]).contains("crew"))
        try arena.finish()
    }

    /// The real redis-cli, as the documents call it.
    @discardableResult
    private func cli(_ redis: RedisServer, _ arguments: [String]) throws -> String {
        let directory = try TemporaryDirectory()
        let output = "\(directory.path)/cli"
        let process = try ChildProcess.start(
            "redis-cli", ["-p", "\(redis.port)"] + arguments, output: output)
        #expect(process.wait(milliseconds: 10_000) == 0)
        return try String(contentsOfFile: output, encoding: .utf8)
    }
}
