import RoostJobs
import Testing

@testable import RoostAPI

@Suite("workers in any language that need not do a job")
struct LeaseCancelTests {
    let rig = APIRig()

    private func path() async throws -> String {
        let reply = try await rig.post("/leases", "{}")
        return "/leases/\(try #require(try reply.rows("leases").first?["lease_id"]?.string))"
    }

    @Test("a job its worker calls off is cancelled, is no dead letter, and nobody takes it again")
    func cancels() async throws {
        let id = try await rig.submit()
        let path = try await path()
        let reply = try await rig.post("\(path)/cancel", #"{"reason":"the user is gone"}"#)
        #expect(reply.status == 200)
        #expect(try reply.string("outcome") == "cancelled" && reply.string("job_id") == id.description)
        #expect(try await rig.job(id).state == .cancelled)
        #expect(try await rig.job(id).error == "the user is gone")
        #expect(try await rig.get("/dead").rows().isEmpty)
        #expect(try await rig.post("/leases", "{}").rows("leases").isEmpty)
        #expect(try await rig.post("\(path)/cancel", #"{"reason":"the user is gone"}"#).status == 200)
    }

    @Test(
        "a reason may be left out; what somebody else gave as one stands",
        arguments: ["", "{}", #"{"reason":null}"#])
    func reasons(_ body: String) async throws {
        let id = try await rig.submit()
        #expect(try await rig.post("\(path())/cancel", body).status == 200)
        #expect(try await rig.job(id).error == "cancelled by its worker")
        let wished = try await rig.submit()
        let path = try await path()
        #expect(try await rig.post("/jobs/\(wished)/cancel", #"{"reason":"no use"}"#).status == 202)
        #expect(try await rig.post("\(path)/cancel", body).status == 200)
        #expect(try await rig.job(wished).error == "no use")
    }

    @Test("what is no reason is 422", arguments: [#"{"reason":1}"#, #"{"error":"x"}"#, #"{"delay":1}"#])
    func wrong(_ body: String) async throws {
        _ = try await rig.submit()
        #expect(try await rig.post("\(path())/cancel", body).status == 422)
    }
}
