import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("POST /api/v1/work and GET /api/v1/work/:callback")
struct WorkRoutesTests {
    static let foo = "ACBD18DB4CC2F85CEDEF654FCCC4A4D8"
    let rig = APIRig()

    @Test("a work goes from pending over working to worked, with its result")
    func life() async throws {
        let accepted = try await rig.post("/api/v1/work", #"{"data":"foo"}"#)
        #expect(accepted.status == 202)
        #expect(
            accepted.text == #"{"status":"accepted","accepted_by":"api@127.0.0.1:4370","callback":"\#(Self.foo)"}"#)
        #expect(try accepted.header("Location") == "/api/v1/work/\(Self.foo)")
        #expect(try accepted.header("Retry-After") == "1")
        #expect(try await status() == "pending")
        let claim = try await rig.claim()
        #expect(claim.job.type == "work")
        #expect(claim.job.payload == Array(#"{"data":"foo"}"#.utf8))
        #expect(try await status() == "working")
        _ = try await rig.store.settle(claim.ticket, .succeeded(result: Array(#"{"n": 1.50}"#.utf8)))
        #expect(try await rig.get("/api/v1/work/\(Self.foo)").text == #"{"status":"worked","result":{"n": 1.50}}"#)
    }

    @Test("a work that failed or was cancelled says so and releases its callback")
    func failed() async throws {
        for (outcome, word) in [(Outcome.failed(error: "no"), "failed"), (.cancelled(reason: "no"), "cancelled")] {
            _ = try await rig.post("/api/v1/work", #"{"data":"foo"}"#)
            _ = try await rig.store.settle(try await rig.claim().ticket, outcome)
            #expect(try await status() == word)
        }
        _ = try await rig.post("/api/v1/work", #"{"data":"foo"}"#)
        #expect(try await status() == "pending")
    }

    @Test("the same data makes one job, whatever the spaces around it or the escapes inside")
    func duplicates() async throws {
        for body in [#"{"data":"foo"}"#, #" { "data" : "foo" } "#, #"{"data":"f\u006fo"}"#] {
            let reply = try await rig.post("/api/v1/work", body)
            #expect(reply.status == 202)
            #expect(try reply.string("callback") == Self.foo)
        }
        #expect(try await rig.store.counts().total == 1)
    }

    @Test("other data with the same callback is refused")
    func collision() async throws {
        #expect(try await rig.post("/api/v1/work", #"{"data":"1"}"#).status == 202)
        let reply = try await rig.post("/api/v1/work", #"{"data":1}"#)
        #expect(reply.status == 409)
        #expect(reply.text == #"{"error":"Other data has the same callback"}"#)
    }

    @Test("data that is no string is hashed and kept as its JSON bytes")
    func rawData() async throws {
        let reply = try await rig.post("/api/v1/work", #"{"data": {"big": 12345678901234567890123, "x":[1.0]}}"#)
        #expect(try reply.string("callback")?.utf8.count == 32)
        #expect(
            try await rig.claim().job.payload
                == Array(#"{"data":{"big": 12345678901234567890123, "x":[1.0]}}"#.utf8))
    }

    @Test("an unknown or impossible callback is 404 in the façade's words", arguments: [foo, "nonsense", "0"])
    func unknown(callback: String) async throws {
        let reply = try await rig.get("/api/v1/work/\(callback)")
        #expect(reply.status == 404)
        #expect(reply.text == #"{"status":"404. not found!"}"#)
    }

    @Test("a callback is found in lower case too")
    func lowerCase() async throws {
        _ = try await rig.post("/api/v1/work", #"{"data":"foo"}"#)
        #expect(try await rig.get("/api/v1/work/\(Self.foo.lowercased())").status == 200)
    }

    @Test(
        "a body without data is refused",
        arguments: [
            ("{}", 400), (#"{"data":null}"#, 400), ("[]", 400), (#"{"data":1,"dta":2}"#, 422), ("data=foo", 400),
        ])
    func badBody(body: String, status: Int) async throws {
        let reply = try await rig.post("/api/v1/work", body)
        #expect(reply.status == status)
        #expect(try reply.string("error") != nil)
    }

    private func status() async throws -> String? {
        let reply = try await rig.get("/api/v1/work/\(Self.foo)")
        #expect(reply.status == 200)
        return try reply.string("status")
    }
}
