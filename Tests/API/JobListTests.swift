import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("GET /jobs")
struct JobListTests {
    let rig = APIRig()

    @Test("an empty list is an empty array")
    func empty() async throws {
        let reply = try await rig.get("/jobs")
        #expect(reply.status == 200)
        #expect(reply.text == "[]")
        #expect(try reply.header("X-Total-Count") == "0")
    }

    @Test("pages are newest first and linked")
    func pages() async throws {
        let ids = try await fill(25)
        let reply = try await rig.get("/jobs?page=2&per_page=10")
        let listed = try list(reply).map { try #require($0["id"]?.string) }
        #expect(listed == Array(ids.reversed()[10..<20]))
        #expect(try reply.header("X-Total-Count") == "25")
        #expect(
            try reply.header("Link") == """
                </jobs?page=1&per_page=10>; rel="first", </jobs?page=1&per_page=10>; rel="prev", \
                </jobs?page=3&per_page=10>; rel="next", </jobs?page=3&per_page=10>; rel="last"
                """)
        let last = try await rig.get("/jobs?page=3&per_page=10&status=queued")
        #expect(try list(last).count == 5)
        #expect(try last.header("Link")?.contains("next") == false)
        #expect(try last.header("Link")?.contains("&status=queued>") == true)
        #expect(try list(try await rig.get("/jobs?page=99")).isEmpty)
    }

    @Test("a page has 50 jobs, or as many as asked up to 200")
    func size() async throws {
        _ = try await fill(210)
        #expect(try list(try await rig.get("/jobs")).count == 50)
        #expect(try list(try await rig.get("/jobs?per_page=100000")).count == 200)
    }

    @Test("jobs are filtered by status, type and queue")
    func filters() async throws {
        _ = try await rig.post("/jobs", #"{"type":"a","queue":"q1","payload":{}}"#)
        _ = try await rig.post("/jobs", #"{"type":"b","queue":"q1","payload":{}}"#)
        _ = try await rig.post("/jobs", #"{"type":"b","queue":"q2","payload":{},"delay":60}"#)
        for (query, count) in [
            ("type=b", 2), ("queue=q1", 2), ("status=scheduled", 1), ("type=b&queue=q1&status=queued", 1),
            ("status=done", 0), ("status=", 3), ("whatever=1", 3),
        ] {
            #expect(try list(try await rig.get("/jobs?\(query)")).count == count, "\(query)")
        }
    }

    @Test(
        "a query that cannot be meant is 400",
        arguments: [
            "page=0", "page=-1", "page=x", "page=+1", "page=", "page=00", "per_page=0", "per_page=1.5",
            "status=waiting", "type=a%20b", "queue=%00",
        ])
    func badQuery(query: String) async throws {
        let reply = try await rig.get("/jobs?\(query)")
        #expect(reply.status == 400)
        #expect(try reply.string("error") != nil)
    }

    @Test("a page beyond every number is empty")
    func beyond() async throws {
        #expect(try await rig.get("/jobs?page=99999999999999999999&per_page=99999999999999999999").text == "[]")
    }

    @Test("the furthest page a number can name is empty")
    func far() async throws {
        _ = try await fill(1)
        #expect(try await rig.get("/jobs?page=\(Int.max)&per_page=200").text == "[]")
    }

    private func fill(_ count: Int) async throws -> [String] {
        let jobs = (0..<count).map { _ in NewJob(type: "noop", payload: Array("{}".utf8)) }
        return try await rig.store.enqueue(jobs).compactMap { $0.id?.description }
    }

    /// The elements: the reply as the member of an object, as far as the scanner goes.
    private func list(_ reply: Reply) throws -> [JSONObject] {
        #expect(reply.status == 200)
        #expect(try JSONScanner.validate(reply.bytes) == .array)
        return try reply.text.dropFirst().dropLast().split(separator: #",{"id""#).map { part in
            let text = part.hasPrefix("{") ? String(part) : #"{"id""# + part
            return try JSONScanner.parseObject(Array(text.utf8))
        }
    }
}
