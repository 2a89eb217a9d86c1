import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Searches and what is done to all that they find, on a real system, through HTTP and on the command line.
@Suite(.serialized) struct SearchFeatureTests {
    @Test("jobs are found, acted on and grouped by what is known of them", arguments: Arena.Kind.allCases)
    func search(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind)
        try finds(arena)
        try pages(arena)
        try acts(arena)
        try groups(arena)
        try arena.finish()
    }

    private func find(_ arena: Arena, _ search: String, _ more: [String] = []) throws -> Curl.Reply {
        try arena.curl.run(["-s", "-G", "--data-urlencode", "q=\(search)"] + more + ["\(arena.curl.base)/jobs"])
    }

    private func finds(_ arena: Arena) throws {
        let start = Timestamp.now().rfc3339
        let first = try arena.submit(
            #""type":"noop","tags":["vip"],"searchable":["user_id","order.number"],"payload":{"user_id":42,"order":{"number":"a b"}}"#
        )
        let second = try arena.enqueue(["noop", #"{"user_id":42}"#, "--searchable", "user_id", "--tag", "eu"])
        for id in [first, second] { _ = try arena.job(id, is: "done") }
        #expect(try find(arena, "user_id:42").ids == [second, first])
        #expect(try find(arena, "user_id:42 tag:vip").ids == [first])
        #expect(try find(arena, #"order.number:"a b" state:done"#).ids == [first])
        #expect(try find(arena, #"user_id:42 "since:\#(start)""#).ids == [second, first])
        #expect(try find(arena, "user_id:42 until:2026-01-01").ids == [])
        let worker = try #require(try arena.curl.get("/jobs/\(first)").string("worker"))
        #expect(try find(arena, "node:\(worker) user_id:42").ids.contains(first))
        #expect(try find(arena, "tag:vip").headers.contains("x-total-count: 1"))
        #expect(try arena.roost(["job", "list", "--q", "user_id:42 tag:eu"]).text.contains(second))
        #expect(try find(arena, "nonsense").status == 422)
        #expect(try arena.roost(["job", "list", "--q", "nonsense"]).status == 65)
        // Out of the index, and in it again.
        #expect(try arena.roost(["queue", "set", "spare", "--searchable", "false"]).status == 0)
        _ = try arena.submit(#""type":"noop","queue":"spare","tags":["vip"],"payload":{}"#)
        #expect(try arena.roost(["queue", "list"]).text.contains("not searchable"))
        #expect(try find(arena, "tag:vip").ids == [first])
        #expect(try arena.roost(["queue", "set", "spare", "--searchable", "true"]).status == 0)
    }

    private func pages(_ arena: Arena) throws {
        #expect(try arena.curl.post("/queues/held/pause", "").status == 200)
        let job = #""type":"noop","queue":"held","tags":["many"],"payload":{}"#
        let ids = try arena.bulk(Array(repeating: job, count: 25))
        var seen: [String] = []
        var path: String? = "/jobs?q=tag:many&per_page=10"
        while let now = path {
            let reply = try arena.curl.get(now)
            seen += reply.ids
            path = reply.headers.split(separator: "<").first { $0.contains("rel=\"next\"") }
                .flatMap { $0.split(separator: ">").first }
                // The reply's head comes in small letters.
                .map { link in
                    link.split(separator: "&").map { part in
                        part.hasPrefix("/jobs?cursor=")
                            ? "/jobs?cursor=" + part.dropFirst(13).uppercased() : String(part)
                    }.joined(separator: "&")
                }
            if path != nil { _ = try arena.submit(job) }
        }
        #expect(seen == ids.reversed())
    }

    private func acts(_ arena: Arena) throws {
        let dry = try arena.curl.post("/jobs/actions", #"{"action":"cancel","q":"tag:many","dry_run":true}"#)
        #expect(dry.int("matched") == 27 && dry.int("done") == 0)
        let refused = try arena.roost(["job", "cancel", "--q", "tag:many"], input: "")
        #expect(refused.status == 64 && refused.text.contains("27 jobs match"), "\(refused)")
        let cancelled = try arena.roost(["job", "cancel", "--q", "tag:many", "--limit", "20", "--yes"])
        #expect(cancelled.status == 0 && cancelled.text.contains("20 cancelled"), "\(cancelled)")
        #expect(cancelled.text.contains("there are more"))
        let retried = try arena.curl.post(
            "/jobs/actions", #"{"action":"retry","filter":{"tag":"many","state":"cancelled"},"limit":5}"#)
        #expect(retried.int("done") == 5 && retried.object?["has_more"]?.bool == true, "\(retried.body)")
        let deleted = try arena.roost(["job", "delete", "--q", "tag:many", "--yes"])
        #expect(deleted.text.contains("27 deleted"), "\(deleted)")
        #expect(try find(arena, "tag:many").ids == [])
        #expect(try arena.curl.post("/queues/held/resume", "").status == 200)
        #expect(try arena.roost(["job", "cancel"]).status == 64)
    }

    private func groups(_ arena: Arena) throws {
        let ids = try (1...3).map { number in
            try arena.submit(
                #""type":"fail","payload":{"message":"timeout after \#(number) s"},"max_attempts":1,"tags":["dies"]"#)
        }
        for id in ids { _ = try arena.job(id, is: "failed") }
        let groups = try arena.curl.get("/dead/groups?q=tag:dies")
        #expect(groups.body.contains(#""count":3"#) && groups.body.contains("timeout after # s"), "\(groups.body)")
        let printed = try arena.roost(["dead", "groups", "--q", "tag:dies"])
        #expect(printed.status == 0 && printed.text.contains("timeout after # s"), "\(printed)")
        #expect(try find(arena, "error:\"TIMEOUT after 2\"").ids == [ids[1]])
        let retried = try arena.roost(["job", "retry", "--q", "tag:dies error:timeout", "--yes"])
        #expect(retried.text.contains("3 queued again"), "\(retried)")
    }
}
