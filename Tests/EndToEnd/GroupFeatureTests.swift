import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Jobs that belong together, and jobs that gave up, on a real system.
@Suite(.serialized) struct GroupFeatureTests {
    @Test(
        "batches, chains and graphs run in their order, and dead letters are tried again",
        arguments: Arena.Kind.allCases)
    func groups(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind)
        try batch(arena)
        try chain(arena)
        try graph(arena)
        try deadLetters(arena)
        try arena.finish()
    }

    /// A batch over HTTP and one on the command line; the reply's ids of members and followers.
    private func put(_ arena: Arena, _ body: String, byVerb: Bool) throws -> (
        id: String, members: [String], reply: JobView
    ) {
        let id: String
        if byVerb {
            let put = try arena.roost(["batch", "put", "-"], input: body)
            #expect(put.status == 0, "\(put)")
            id = String(put.text.prefix(26))
        } else {
            let reply = try arena.curl.post("/batches", body)
            #expect(reply.status == 202, "\(reply)")
            id = try #require(reply.string("batch_id"))
        }
        let status = try #require(JobView(try arena.curl.get("/batches/\(id)")))
        let members = JobView.list(try arena.curl.get("/batches/\(id)/jobs").body).map(\.id)
        return (id, members, status)
    }

    private func finished(_ arena: Arena, _ id: String) throws -> JobView {
        try eventually("batch \(id) to end") {
            let batch = JobView(try arena.curl.get("/batches/\(id)"))
            return batch.flatMap { $0.int("pending") == 0 ? $0 : nil }
        }
    }

    private func batch(_ arena: Arena) throws {
        for byVerb in [false, true] {
            for (second, status) in [("noop", "done"), ("fail", "failed")] {
                let (id, members, reply) = try put(
                    arena,
                    """
                    {"name":"import","jobs":[{"type":"echo","payload":{"n":1}},
                     {"type":"\(second)","payload":{},"max_attempts":1}],
                     "on_complete":{"type":"noop"},"on_success":{"type":"noop"}}
                    """, byVerb: byVerb)
                let batch = try finished(arena, id)
                #expect(batch.status == status && batch.int("total") == 2, "\(batch)")
                #expect(batch.int(status) == (status == "done" ? 2 : 1), "\(batch)")
                let jobs = try arena.ended(members)
                let after = try arena.job(try #require(reply.text("on_complete")), is: "done")
                #expect(jobs.allSatisfy { ($0.text("finished_at") ?? "~") <= after.text("started_at") ?? "" })
                let success = try #require(reply.text("on_success"))
                _ = try arena.job(success, is: status == "done" ? "done" : "cancelled")
                #expect(try arena.roost(["batch", "get", id]).text.contains(status))
                #expect(try arena.roost(["batch", "jobs", id]).text.contains(members[1]))
            }
        }
    }

    private func chain(_ arena: Arena) throws {
        for byVerb in [false, true] {
            let step = #"{"type":"sleep","payload":{"seconds":0.05}}"#
            let (id, members, _) = try put(
                arena, #"{"chain":true,"jobs":[\#(step),\#(step),\#(step)]}"#, byVerb: byVerb)
            #expect(try finished(arena, id).status == "done")
            let jobs = try arena.ended(members)
            #expect(JobView.overlap(jobs) == 1 && JobView.order(jobs, by: "id") == members, "\(jobs)")
        }
    }

    /// A diamond in one batch; then the same edges given by hand, where a parent fails.
    private func graph(_ arena: Arena) throws {
        let (id, members, _) = try put(
            arena,
            """
            {"jobs":[{"key":"a","type":"echo","payload":{"from":"a"}},
             {"key":"b","type":"sleep","payload":{"seconds":0.1},"depends_on":["a"]},
             {"key":"c","type":"noop","payload":{},"depends_on":["a"]},
             {"key":"d","type":"noop","payload":{},"depends_on":["b","c"]}]}
            """, byVerb: false)
        #expect(try finished(arena, id).status == "done")
        let jobs = try arena.ended(members)
        let order = JobView.order(jobs, by: "id")
        #expect(order.first == members[0] && order.last == members[3], "\(jobs)")
        let last = try #require(try arena.job(members[3]))
        #expect(Set(last.rows("parents").map(\.id)) == [members[1], members[2]], "\(last)")
        #expect(last.rows("parents").allSatisfy { $0.status == "done" })
        // What a parent made is a call away.
        let parent = try #require(try arena.job(members[1])?.rows("parents").first)
        #expect(try arena.job(parent.id)?.raw("result") == #"{"from":"a"}"#)

        let good = try arena.submit(#""type":"sleep","payload":{"seconds":0.3}"#)
        let bad = try arena.submit(#""type":"fail","payload":{},"max_attempts":1,"delay":0.3"#)
        let strict = try arena.submit(#""type":"noop","payload":{},"depends_on":["\#(good)","\#(bad)"]"#)
        let lenient = try arena.enqueue(
            ["noop", "--depends-on", good, "--depends-on", bad, "--depends-rule", "ended"])
        #expect(try arena.why(strict).contains("dependencies"))
        #expect(try arena.job(strict, is: "cancelled").error == ErrorText.parent + bad)
        _ = try arena.job(lenient, is: "done")
        let cycle = try arena.curl.post(
            "/batches",
            #"{"jobs":[{"key":"a","payload":{},"depends_on":["b"]},{"key":"b","payload":{},"depends_on":["a"]}]}"#)
        #expect(cycle.status == 422, "\(cycle)")
    }

    /// Each fails its first attempt and passes the second.
    private func deadLetters(_ arena: Arena) throws {
        #expect(try arena.roost(["dead", "replay", "--all"]).status == 0)
        func bury(_ count: Int, queue: String) throws -> [String] {
            let body =
                #""type":"fail","payload":{"message":"no","until_attempt":2},"max_attempts":1,"queue":"\#(queue)""#
            let ids = try arena.bulk(Array(repeating: body, count: count))
            for job in try arena.ended(ids) { #expect(job.status == "failed" && job.error == "no", "\(job)") }
            return ids
        }
        let steps: [(String, ([String]) throws -> Bool)] = [
            ("one over HTTP", { try arena.curl.post("/dead/\($0[0])/replay", "").status == 200 }),
            ("one by its id", { try arena.roost(["dead", "replay", $0[0]]).status == 0 }),
            ("one as a job", { try arena.roost(["job", "retry", $0[0]]).status == 0 }),
            (
                "by filter over HTTP",
                { _ in try arena.curl.post("/dead/replay", #"{"type":"fail","queue":"one"}"#).int("replayed") == 1 }
            ),
            ("by filter", { _ in try arena.roost(["dead", "replay", "--queue", "one"]).text.contains("1 replayed") }),
        ]
        let kept = try bury(2, queue: "spare")
        for (what, replay) in steps {
            let id = try bury(1, queue: "one")
            let letter = JobView.list(try arena.curl.get("/dead?queue=one").body).first { $0.id == id[0] }
            #expect(letter?.raw("payload") == #"{"message":"no","until_attempt":2}"#)
            #expect(try arena.roost(["dead", "list"]).text.contains(id[0]))
            #expect(try replay(id), "\(what)")
            let job = try arena.job(id[0], is: "done")
            #expect(job.attempt == 2 && job.rows("failures").count == 1, "\(job)")
        }
        // All those in the other queue were left alone.
        #expect(try arena.list("status=failed&queue=spare").map(\.id).sorted() == kept.sorted())
        let counted = try arena.roost(["dead", "replay", "--all", "--dry-run"])
        #expect(counted.text.contains("match"), "\(counted)")
        #expect(try arena.roost(["dead", "replay", "--all"]).status == 0)
        for id in kept { _ = try arena.job(id, is: "done") }
    }
}
