import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// What a job can ask for, on a real system, through HTTP and through the command line.
@Suite(.serialized) struct JobFeatureTests {
    @Test(
        "jobs wait, retry, time out, expire and tell how far they are, as they were asked to",
        arguments: Arena.Kind.allCases)
    func jobs(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind)
        #expect(try arena.roost(["queue", "pause", "held"]).status == 0)
        let cases = JobCase.all(now: .now())
        let ids = try cases.map { try arena.submit($0.members) } + cases.map { try arena.enqueue($0.verb) }
        _ = try arena.ended(ids)
        for (index, id) in ids.enumerated() {
            let (aCase, job) = (cases[index % cases.count], try #require(try arena.job(id)))
            #expect(aCase.holds(job), "\(index < cases.count ? "HTTP" : "command line"): \(aCase.what): \(job)")
        }
        try unique(arena)
        try idempotency(arena)
        try cancel(arena)
        try expiry(arena)
        try arena.finish()
    }

    /// Conflicts, in a queue that is paused.
    private func unique(_ arena: Arena) throws {
        func http(_ rule: String, delay: Int? = nil) throws -> String {
            try arena.submit(
                #""type":"noop","payload":{},"queue":"held","unique":\#(rule)"#
                    + (delay.map { ",\"delay\":\($0)" } ?? ""))
        }
        func verb(_ rule: [String], delay: Int? = nil) throws -> String {
            try arena.enqueue(["noop", "--queue", "held"] + rule + (delay.map { ["--delay", "\($0)"] } ?? []))
        }
        #expect(try http(#""one""#) == http(#""one""#))
        #expect(try verb(["--unique", "two"]) == verb(["--unique", "two"]))
        #expect(try http(#"{"by":"content"}"#) == verb(["--unique-content"]))
        let again = try arena.roost(["enqueue", "noop", "--queue", "held", "--unique", "one"])
        #expect(again.text.contains("this job stands for it already"), "\(again.text)")

        for (first, second) in [
            (
                try http(#"{"key":"three","on_conflict":"replace"}"#),
                try http(#"{"key":"three","on_conflict":"replace"}"#)
            ),
            (
                try verb(["--unique", "four", "--on-conflict", "replace"]),
                try verb(["--unique", "four", "--on-conflict", "replace"])
            ),
        ] {
            let replaced = try arena.job(first, is: "cancelled")
            #expect(replaced.error == ErrorText.replaced + second && first != second, "\(replaced)")
            #expect(try arena.job(second)?.status == "queued")
        }

        let extended = [
            (
                try http(#"{"key":"five","on_conflict":"extend"}"#, delay: 100),
                try http(#"{"key":"five","on_conflict":"extend"}"#, delay: 300)
            ),
            (
                try verb(["--unique", "six", "--on-conflict", "extend"], delay: 100),
                try verb(["--unique", "six", "--on-conflict", "extend"], delay: 300)
            ),
        ]
        for (first, second) in extended {
            let job = try arena.job(first, is: "scheduled")
            let wait = try #require(job.time("run_at")).since(try #require(job.time("inserted_at")))
            #expect(first == second && wait >= .seconds(300), "\(job)")
            #expect(try arena.why(first).contains("scheduled"))
        }
    }

    /// The same request twice is one job; the same key for another request is refused.
    private func idempotency(_ arena: Arena) throws {
        let (body, key) = (#"{"type":"noop","payload":{"n":1}}"#, ["-H", "Idempotency-Key: order-1"])
        let first = try arena.curl.post("/jobs", body, key)
        let second = try arena.curl.post("/jobs", body, key)
        #expect(first.status == 202 && second.status == 202)
        #expect(first.string("job_id") == second.string("job_id") && first.string("job_id") != nil)
        #expect(!first.headers.contains("idempotent-replayed"))
        #expect(second.headers.contains("idempotent-replayed: true"), "\(second.headers)")
        let other = try arena.curl.post("/jobs", #"{"type":"noop","payload":{"n":2}}"#, key)
        #expect(other.status == 422, "\(other.body)")
        let verb = ["noop", #"{"n":1}"#, "--idempotency-key", "order-2"]
        #expect(try arena.enqueue(verb) == arena.enqueue(verb))
        #expect(try arena.roost(["enqueue", "noop", #"{"n":2}"#, "--idempotency-key", "order-2"]).status == 65)
    }

    /// Waiting jobs never start; running ones end on their node within a second, for which three are given.
    private func cancel(_ arena: Arena) throws {
        let waiting = try (0..<2).map { _ in try arena.submit(#""type":"noop","payload":{},"queue":"held""#) }
        let reply = try arena.curl.post("/jobs/\(waiting[0])/cancel", #"{"reason":"not needed"}"#)
        #expect(reply.status == 200 && reply.string("status") == "cancelled", "\(reply.body)")
        #expect(try arena.roost(["job", "cancel", waiting[1], "--reason", "not needed"]).text == "cancelled\n")

        let running = try (0..<2).map { _ in try arena.submit(#""type":"sleep","payload":{"seconds":60}"#) }
        for id in running { _ = try arena.job(id, is: "running") }
        let asked = Timestamp.now()
        #expect(try arena.curl.post("/jobs/\(running[0])/cancel", #"{"reason":"not needed"}"#).status == 202)
        let verb = try arena.roost(["job", "cancel", running[1], "--reason", "not needed"])
        #expect(verb.text == "cancel requested\n", "\(verb)")
        for id in running + waiting {
            let job = try arena.job(id, is: "cancelled")
            #expect(job.error == "not needed", "\(job)")
            #expect(try #require(job.time("finished_at")).since(asked) < .seconds(3), "\(job)")
        }
        #expect(try arena.curl.post("/jobs/\(waiting[0])/cancel", "").status == 200, "a cancel may be repeated")
        #expect(try arena.curl.run(["-s", "-X", "DELETE", "\(arena.curl.base)/jobs/\(waiting[0])"]).status == 204)
        #expect(try arena.roost(["job", "delete", waiting[1]]).status == 0)
        for id in waiting { #expect(try arena.job(id) == nil) }
    }

    /// A result is there for as long as it was asked to be.
    private func expiry(_ arena: Arena) throws {
        let id = try arena.submit(#""type":"echo","payload":{},"result_ttl":1.2"#)
        let other = try arena.roost(["enqueue", "echo", "--result-ttl", "1.2", "--wait", "--json"])
        #expect(other.status == 0 && other.text.contains(#""status":"done""#), "\(other.text)")
        _ = try eventually("the result to expire") { try arena.curl.get("/jobs/\(id)").status == 404 ? true : nil }
    }
}
