import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("/dead")
struct DeadRoutesTests {
    let rig = APIRig()

    private func fill(_ count: Int, type: String = "default", queue: String = "default") async throws -> [JobID] {
        let jobs = (0..<count).map { _ in NewJob(type: type, queue: queue, payload: Array("{}".utf8)) }
        _ = try await rig.store.enqueue(jobs)
        var ids: [JobID] = []
        for _ in jobs { ids.append(try await rig.die(queue: queue)) }
        return ids
    }

    @Test("dead letters are listed with reason and payload, page by page")
    func list() async throws {
        let ids = try await fill(3)
        _ = try await rig.submit()
        let reply = try await rig.get("/dead?per_page=2&status=done")
        #expect(try reply.rows().map { $0["id"]?.string } == ids.reversed().prefix(2).map(\.description))
        #expect(try reply.rows()[0]["error"]?.string == "no")
        #expect(try reply.header("X-Total-Count") == "3")
        #expect(try reply.header("Link")?.contains("</dead?page=2&per_page=2>; rel=\"next\"") == true)
        #expect(try await rig.get("/dead?page=0").status == 400)
    }

    @Test("one dead letter is replayed; what is none is not")
    func one() async throws {
        let id = try await fill(1)[0]
        #expect(try await rig.send(.post, "/dead/\(id)/replay").status == 200)
        #expect(try await rig.job(id).state == .queued)
        #expect(try await rig.send(.post, "/dead/\(id)/replay").status == 409)
        _ = try await rig.send(.post, "/jobs/\(id)/cancel")
        #expect(try await rig.send(.post, "/dead/\(id)/replay").status == 409)
        for id in ["x", "01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
            #expect(try await rig.send(.post, "/dead/\(id)/replay").status == 404)
        }
    }

    @Test("all are replayed in steps, and a dry run only counts")
    func all() async throws {
        _ = try await fill(450)
        let dry = try await rig.post("/dead/replay", #"{"dry_run":true}"#)
        #expect(dry.text == #"{"matched":450,"replayed":0,"more":false,"dry_run":true}"#)
        #expect(try await rig.store.counts()[.failed] == 450)
        let some = try await rig.post("/dead/replay", #"{"limit":300}"#)
        #expect(some.text == #"{"matched":300,"replayed":300,"more":true,"dry_run":false}"#)
        let rest = try await rig.post("/dead/replay", "{}")
        #expect(rest.text == #"{"matched":150,"replayed":150,"more":false,"dry_run":false}"#)
        #expect(try await rig.store.counts()[.queued] == 450)
    }

    @Test("some are replayed by type, queue or id")
    func filters() async throws {
        let a = try await fill(2, type: "a")
        let b = try await fill(2, type: "b", queue: "q")
        func replayed(_ body: String) async throws -> Int? {
            try await rig.post("/dead/replay", body).json["replayed"]?.int
        }
        #expect(try await replayed(#"{"type":"a","queue":"q"}"#) == 0)
        #expect(try await replayed(#"{"ids":["\#(a[0])","\#(b[0])","\#(a[0])"],"type":"a"}"#) == 1)
        #expect(try await rig.job(a[0]).state == .queued)
        #expect(try await replayed(#"{"type":"a"}"#) == 1)
        #expect(try await replayed(#"{"queue":"q","limit":1}"#) == 1)
        #expect(try await replayed(#"{"ids":["\#(b[0])","\#(b[1])"],"limit":1}"#) == 1)
        #expect(try await rig.store.counts()[.failed] == 0)
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            (#"{"type":"a b"}"#, "type"), (#"{"queue":1}"#, "queue"), (#"{"ids":["x"]}"#, "ids[0]"),
            (#"{"ids":"x"}"#, "ids"), (#"{"limit":0}"#, "limit"), (#"{"limit":10001}"#, "limit"),
            (#"{"limit":-1}"#, "limit"), (#"{"limit":1.5}"#, "limit"), (#"{"limit":9223372036854775808}"#, "limit"),
            (#"{"dry_run":"yes"}"#, "dry_run"), (#"{"all":true}"#, "all"),
        ])
    func refusals(body: String, path: String) async throws {
        let reply = try await rig.post("/dead/replay", body)
        #expect(reply.status == 422)
        #expect(try reply.paths() == [path])
    }

    @Test("nothing is replayed by mistake: a body is asked for", arguments: ["", "[]", "x"])
    func noBody(body: String) async throws {
        #expect(try await rig.post("/dead/replay", body).status == 400)
    }
}
