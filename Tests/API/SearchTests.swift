import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("GET /jobs?q=")
struct SearchTests {
    let rig = APIRig()

    private func found(_ query: String) async throws -> [JobID] {
        let reply = try await rig.get("/jobs?\(query)")
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.rows().compactMap { $0["id"]?.string.flatMap { JobID($0) } }
    }

    @Test("jobs are found by fields of their payload that were made searchable")
    func fields() async throws {
        let payload = #"{"user_id":42,"order":{"id":"a b","paid":true,"items":[1]},"note":null}"#
        let paths = #"["user_id","order.id","order.paid","order.items","order","note","missing"]"#
        let reply = try await rig.post("/jobs", #"{"searchable":\#(paths),"payload":\#(payload)}"#)
        #expect(reply.status == 202, "\(reply.text)")
        let id = try #require(try reply.string("job_id").flatMap { JobID($0) })
        _ = try await rig.submit()
        #expect(try await found("q=user_id:42") == [id])
        #expect(try await found("q=order.id:%22a+b%22") == [id])
        #expect(try await found("q=order.paid:true%20user_id:42") == [id])
        #expect(try await found("q=order.items:1").isEmpty)
        #expect(try await found("q=user_id:43").isEmpty)
        #expect(try await rig.job(id).payload == Array(payload.utf8))
        let shown = try await rig.get("/jobs/\(id)")
        #expect(try shown.raw("searchable") == #"{"order.id":"a b","order.paid":"true","user_id":"42"}"#)
    }

    @Test("jobs of a bulk, a batch and a periodic job can be searchable")
    func places() async throws {
        let job = #"{"searchable":["n"],"payload":{"n":7}}"#
        #expect(try await rig.post("/jobs/bulk", "[\(job)]").status == 202)
        #expect(try await rig.post("/batches", #"{"jobs":[\#(job)],"on_complete":\#(job)}"#).status == 202)
        let cron = try await rig.send(.put, "/cron/c", #"{"schedule":"@daily","job":\#(job)}"#)
        #expect(cron.status == 201, "\(cron.text)")
        #expect(try await rig.send(.post, "/cron/c/run").status == 202)
        #expect(try await found("q=n:7").count == 4)
    }

    @Test(
        "a job whose searchable fields break a limit is refused",
        arguments: [
            #""searchable":["a b"],"payload":{"a b":1}"#, #""searchable":"a","payload":{}"#,
            #""searchable":[1],"payload":{}"#,
            #""searchable":["a"],"payload":{"a":"\#(String(repeating: "x", count: 129))"}"#,
            #""searchable":["1","2","3","4","5","6","7","8","9"],"payload":{}"#,
        ])
    func refused(members: String) async throws {
        let reply = try await rig.post("/jobs", "{\(members)}")
        #expect(reply.status == 422, "\(reply.text)")
        #expect(reply.text.contains("searchable"))
    }

    @Test("a search goes with the other parameters, and says what it cannot mean")
    func together() async throws {
        let id = try await rig.submit(#""type":"a","tags":["vip"]"#)
        _ = try await rig.submit(#""type":"b","tags":["vip"]"#)
        #expect(try await found("q=tag:vip&type=a") == [id])
        #expect(try await found("q=tag:vip&status=queued&queue=default").count == 2)
        #expect(try await found("q=").count == 2)
        for bad in ["q=word", "q=type:", "q=type:b&type=a", "q=state:x", "q=%22"] {
            let reply = try await rig.get("/jobs?\(bad)")
            #expect(reply.status == 422, "\(bad)")
            #expect(try reply.raw("issues") != nil)
        }
        #expect(try await rig.get("/jobs?cursor=01ARZ3NDEKTSV4RRFFQ69G5FAV&page=1").status == 422)
        for bad in ["q=%zz", "q=%ff", "cursor=x", "type=%4"] {
            #expect(try await rig.get("/jobs?\(bad)").status == 400, "\(bad)")
        }
    }

    @Test("totals are told only where they are exact")
    func totals() async throws {
        for _ in 0..<3 { _ = try await rig.submit(#""type":"a","tags":["vip"]"#) }
        for (query, total) in [
            ("q=tag:vip", "3"), ("q=state:queued", "3"), ("cursor=", "3"), ("q=tag:vip%20type:a", nil),
            ("q=type:a", nil),
            ("q=since:2020-01-01", nil),
        ] as [(String, String?)] {
            #expect(try await rig.get("/jobs?\(query)").header("X-Total-Count") == total, "\(query)")
        }
    }

    @Test("pages by cursor follow each other while jobs come and go")
    func cursor() async throws {
        var ids: [JobID] = []
        for _ in 0..<10 { ids.insert(try await rig.submit(#""tags":["vip"]"#), at: 0) }
        for start in ["cursor=&per_page=3", "q=tag:vip&per_page=3", "q=error:x%20tag:vip&per_page=3"] {
            var query: String? = start
            var seen: [JobID] = []
            while let now = query {
                let reply = try await rig.get("/jobs?\(now)")
                seen += try reply.rows().compactMap { $0["id"]?.string.flatMap { JobID($0) } }
                let links = (try reply.header("Link") ?? "").split(separator: ", ").map(String.init)
                let next = links.first { $0.hasSuffix("rel=\"next\"") }
                query = next.flatMap { $0.split(separator: ">").first?.split(separator: "?").last.map(String.init) }
                _ = try await rig.submit(#""tags":["vip"]"#)
            }
            let wanted = start.contains("error") ? [] : ids
            #expect(Array(seen.suffix(ids.count)) == wanted, "\(start)")
            #expect(Set(seen).count == seen.count)
            ids = Array(try await rig.store.list(JobQuery(limit: 200)).jobs.map(\.id))
        }
    }

    @Test("links carry the search on, escaped")
    func links() async throws {
        for _ in 0..<3 { _ = try await rig.submit(#""type":"a""#) }
        let reply = try await rig.get("/jobs?q=%22type:a%22+queue:default&per_page=2&status=queued")
        let id = try #require(try reply.rows().last?["id"]?.string)
        #expect(
            try reply.header("Link") == """
                </jobs?cursor=&per_page=2&status=queued&q=%22type:a%22%20queue:default>; rel="first", \
                </jobs?cursor=\(id)&per_page=2&status=queued&q=%22type:a%22%20queue:default>; rel="next"
                """)
        let counted = try await rig.get("/jobs?q=type:a&per_page=2&page=2")
        #expect(try counted.rows().count == 1)
        #expect(try counted.header("Link")?.contains("page=1&per_page=2&q=type:a") == true)
    }

    @Test("a queue can be taken out of the index")
    func quiet() async throws {
        let reply = try await rig.send(.patch, "/queues/logs", #"{"searchable":false}"#)
        #expect(try reply.raw("searchable") == "false")
        _ = try await rig.submit(#""queue":"logs","tags":["vip"]"#)
        #expect(try await found("q=tag:vip").isEmpty)
        #expect(try await found("q=queue:logs").count == 1)
        #expect(try await rig.send(.patch, "/queues/logs", #"{"searchable":1}"#).status == 422)
        #expect(try await rig.send(.patch, "/queues/%2A", #"{"searchable":false}"#).status == 422)
    }

    @Test("dead letters are searched and grouped by cause")
    func groups() async throws {
        let errors = ["timeout after 3 s", "timeout after 45 s", "no file 'a'", "timeout after 1 s", "no file 'b c'"]
        var ids: [JobID] = []
        for error in errors {
            _ = try await rig.submit(#""type":"mail""#)
            ids.append(try await rig.die(error))
        }
        _ = try await rig.submit(#""type":"other""#)
        _ = try await rig.die("timeout after 3 s")
        let reply = try await rig.get("/dead/groups")
        #expect(try reply.raw("looked") == "6" && reply.raw("window") == "2000" && reply.raw("has_more") == "false")
        let groups = try JSONScanner.parseArray(Array(try #require(try reply.raw("groups")).utf8)).compactMap(\.object)
        #expect(groups.map { $0["error"]?.string } == ["timeout after # s", #"no file "…""#, "timeout after # s"])
        #expect(groups.map { $0["type"]?.string } == ["mail", "mail", "other"])
        #expect(groups.map { $0["count"]?.int } == [3, 2, 1])
        let examples = try JSONScanner.parseArray(try #require(groups[0]["examples"]).bytes).compactMap(\.string)
        #expect(examples == [ids[3], ids[1], ids[0]].map(\.description))
        let newest = try await rig.job(ids[3]).finishedAt?.rfc3339
        let oldest = try await rig.job(ids[0]).finishedAt?.rfc3339
        #expect(groups[0]["newest"]?.string == newest)
        #expect(groups[0]["oldest"]?.string == oldest)
        #expect(try await rig.get("/dead/groups?q=type:other").raw("looked") == "1")
        #expect(try await rig.get("/dead?q=error:FILE").rows().count == 2)
        #expect(try await rig.get("/dead/groups?q=x").status == 422)
    }
}
