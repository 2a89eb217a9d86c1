import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("what a token may use")
struct TokenLimitTests {
    let rig: AccessRig

    init() throws { rig = try AccessRig() }

    static let job = #"{"payload":{}}"#

    @Test("requests beyond the rate are refused until the window ends, and each reply says what is left")
    func rate() async throws {
        // A window that does not end during the test, unless the day does.
        let token = try await rig.token([.read], rate: RateLimit(count: 2, period: .seconds(86_400)))
        for left in [1, 0] {
            let reply = try await rig.get("/jobs", as: token.text)
            #expect(reply.status == 200)
            #expect(try reply.header("RateLimit-Policy") == #""requests";q=2;w=86400"#)
            #expect(try reply.header("RateLimit")?.hasPrefix(#""requests";r=\#(left);t="#) == true)
        }
        let refused = try await rig.get("/jobs", as: token.text)
        #expect(refused.status == 429)
        #expect(try #require(refused.header("Retry-After").flatMap { Int($0) }) > 0)
        #expect(try refused.header("RateLimit")?.hasPrefix(#""requests";r=0;t="#) == true)
        // A fault of the route's own tells it too, and another token has its own.
        let other = try await rig.token([.read], rate: RateLimit(count: 2, period: .seconds(86_400)))
        let missing = try await rig.get("/jobs/x", as: other.text)
        #expect(missing.status == 404)
        #expect(try missing.header("RateLimit")?.hasPrefix(#""requests";r=1"#) == true)
        #expect(try await rig.get("/livez", as: token.text).status == 200)
        #expect(try await rig.get("/jobs", as: AccessRig.admin).header("RateLimit") == nil)
    }

    @Test("jobs beyond the day's are refused, whichever way they come")
    func quota() async throws {
        let token = try await rig.token([.submit], quota: 5)
        #expect(try await rig.post("/jobs", "{}", as: token.text).status == 400)
        #expect(try await rig.post("/jobs", #"{"payload":{},"x":1}"#, as: token.text).status == 422)
        let first = try await rig.post("/jobs", Self.job, as: token.text)
        #expect(first.status == 202)
        #expect(try first.header("RateLimit-Policy") == #""jobs";q=5;w=86400"#)
        #expect(try first.header("RateLimit")?.hasPrefix(#""jobs";r=4;t="#) == true)
        #expect(try await rig.post("/api/v1/work", #"{"data":1}"#, as: token.text).status == 202)
        let schedule = #"{"payload":{},"run_at":"2099-01-01T00:00:00Z"}"#
        #expect(try await rig.post("/jobs/schedule", schedule, as: token.text).status == 202)
        let bulk = "[\(Self.job),\(Self.job),\(Self.job)]"
        let refused = try await rig.post("/jobs/bulk", bulk, as: token.text)
        #expect(refused.status == 429 && refused.text.contains("2 are left"), "\(refused.text)")
        #expect(try await rig.post("/batches", #"{"jobs":\#(bulk)}"#, as: token.text).status == 429)
        // A faulty item takes nothing.
        #expect(try await rig.post("/jobs/bulk", "[\(Self.job),{}]", as: token.text).status == 207)
        #expect(try await rig.post("/batches", #"{"jobs":[\#(Self.job)]}"#, as: token.text).status == 202)
        for (path, body) in [("/jobs", Self.job), ("/jobs/schedule", schedule), ("/api/v1/work", #"{"data":2}"#)] {
            #expect(try await rig.post(path, body, as: token.text).status == 429, "\(path)")
        }
        #expect(try await rig.store.counts().total == 5)
    }

    @Test("jobs of a token with a tenant are the tenant's, and no other's")
    func tenant() async throws {
        let token = try await rig.token([.submit], tenant: "acme")
        _ = try await rig.post("/jobs", Self.job, as: token.text)
        _ = try await rig.post("/jobs", #"{"payload":{},"tenant":"acme"}"#, as: token.text)
        _ = try await rig.post("/jobs/bulk", "[\(Self.job)]", as: token.text)
        _ = try await rig.post("/batches", #"{"jobs":[\#(Self.job)]}"#, as: token.text)
        _ = try await rig.post("/api/v1/work", #"{"data":1}"#, as: token.text)
        let refused = try await rig.post("/jobs", #"{"payload":{},"tenant":"globex"}"#, as: token.text)
        #expect(refused.status == 422)
        #expect(try refused.paths() == ["tenant"])
        let jobs = try await rig.store.list(JobQuery()).jobs
        #expect(jobs.count == 5 && jobs.allSatisfy { $0.tenant == "acme" })
    }

    @Test("a unique rule that ends or moves another's job is for those who may do so by name")
    func replacing() async throws {
        let (giver, chief) = (try await rig.token([.submit]), try await rig.token([.submit, .operate]))
        for conflict in ["replace", "extend"] {
            let body = #"{"payload":{},"unique":{"key":"k","on_conflict":"\#(conflict)"}}"#
            let refused = try await rig.post("/jobs", body, as: giver.text)
            #expect(refused.status == 422)
            #expect(try refused.paths() == ["unique.on_conflict"])
            #expect(try await rig.post("/jobs", body, as: chief.text).status == 202)
        }
        let plain = try await rig.post("/jobs", #"{"payload":{},"unique":{"key":"k"}}"#, as: giver.text)
        #expect(plain.status < 300)
    }

    @Test("a refusal of HEAD has no body")
    func head() async throws {
        for (path, token) in [("/jobs", nil), ("/jobs/x", AccessRig.admin), ("/nowhere", AccessRig.admin)] {
            let reply = try await rig.send(.head, path, as: token)
            #expect(reply.status >= 400 && reply.text.isEmpty, "\(path)")
        }
    }

    @Test("the façade's callback is the caller's own: other callers get another for the same data")
    func callbacks() async throws {
        let (one, two) = (try await rig.token([.submit]), try await rig.token([.submit]))
        func work(_ token: String) async throws -> String {
            let reply = try await rig.post("/api/v1/work", #"{"data":"foo"}"#, as: token)
            #expect(reply.status == 202)
            return try #require(try reply.string("callback"))
        }
        let first = try await work(one.text)
        let again = try await work(one.text)
        let others = [try await work(two.text), try await work(AccessRig.admin), "ACBD18DB4CC2F85CEDEF654FCCC4A4D8"]
        #expect(first == again)
        #expect(Set(others + [first]).count == 4)
        #expect(first.utf8.count == 32 && first.uppercased() == first)
        #expect(try await rig.store.counts().total == 3)
        // Who has only given it may ask for it; so may who looks at everything.
        for token in [one.text, try await rig.token([.read]).text] {
            #expect(try await rig.get("/api/v1/work/\(first)", as: token).status == 200)
        }
        #expect(try await rig.get("/api/v1/work/\(first)").status == 401)
    }

    @Test("who gives work follows what it gave, and looks at nothing else")
    func follow() async throws {
        let token = try await rig.token([.submit])
        let id = try #require(try await rig.post("/jobs", Self.job, as: token.text).string("job_id"))
        #expect(try await rig.get("/jobs/\(id)", as: token.text).status == 200)
        for path in ["/jobs", "/queues", "/stats", "/metrics", "/nodes", "/dead", "/cron"] {
            #expect(try await rig.get(path, as: token.text).status == 403, "\(path)")
        }
        #expect(try await rig.post("/jobs/\(id)/cancel", "", as: token.text).status == 403)
        // What one may see is not for a shared cache.
        #expect(try await rig.get("/queues", as: AccessRig.admin).header("Cache-Control") == "private, no-cache")
    }
}
