import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("/queues and /workers")
struct QueueRoutesTests {
    let rig = APIRig()

    @Test("queues show their jobs, their age and their limits")
    func list() async throws {
        #expect(try await rig.get("/queues").text == "[]")
        _ = try await rig.submit()
        _ = try await rig.submit(#""delay":60"#)
        _ = try await rig.submit(#""queue":"media""#)
        let queues = try await rig.get("/queues").rows()
        #expect(queues.map { $0["queue"]?.string } == ["default", "media"])
        let queue = try await rig.get("/queues/default")
        #expect(try queue.raw("queued") == "1")
        #expect(try queue.raw("scheduled") == "1")
        #expect(try queue.raw("depth") == "2")
        #expect(try queue.json["oldest_age"]?.double ?? -1 >= 0)
        #expect(try queue.raw("paused") == "false")
        for null in ["concurrency", "rate", "tenant_concurrency", "tenant_rate", "quota"] {
            #expect(try queue.raw(null) == "null")
        }
        #expect(try await rig.get("/queues/other").status == 404)
        #expect(try await rig.get("/queues/a%20b").status == 404)
    }

    @Test("a paused queue hands nothing out until it is resumed", arguments: ["default", "%64efault", "*", "%2A"])
    func pause(name: String) async throws {
        _ = try await rig.submit()
        let reply = try await rig.send(.post, "/queues/\(name)/pause")
        #expect(reply.status == 200)
        #expect(try reply.raw("paused") == "true")
        let request = ClaimRequest(queues: ["default"], limit: 1, worker: "w", lease: .seconds(60))
        #expect(try await rig.store.claim(request).isEmpty)
        #expect(try await rig.get("/queues/\(name)").raw("paused") == "true")
        #expect(try await rig.send(.post, "/queues/\(name)/resume").raw("paused") == "false")
        #expect(try await rig.store.claim(request).count == 1)
    }

    @Test("limits are set, shown, kept by a change of others, and cleared by null")
    func limits() async throws {
        let set = try await rig.send(
            .patch, "/queues/media",
            #"{"concurrency":4,"rate":"30/m","tenant_concurrency":2,"tenant_rate":{"count":5,"period":0.5},"quota":9}"#)
        #expect(set.status == 200)
        let text = """
            {"queue":"media","paused":false,"concurrency":4,"rate":{"count":30,"period":60},"tenant_concurrency":2,\
            "tenant_rate":{"count":5,"period":0.5},"quota":9,"searchable":true}
            """
        #expect(set.text == text)
        #expect(try await rig.send(.patch, "/queues/media", "{}").text == text)
        #expect(try await rig.get("/queues/media").raw("rate") == #"{"count":30,"period":60}"#)
        let cleared = try await rig.send(.patch, "/queues/media", #"{"rate":null,"quota":null,"paused":true}"#)
        #expect(try cleared.raw("rate") == "null")
        #expect(try cleared.raw("quota") == "null")
        #expect(try cleared.raw("concurrency") == "4")
        #expect(try cleared.raw("paused") == "true")
    }

    @Test(
        "a rate may be a text",
        arguments: [("30/m", 30, 60), ("1/s", 1, 1), ("5/10s", 5, 10), ("1000/h", 1000, 3600), ("2/d", 2, 86_400)])
    func rate(text: String, count: Int, period: Int) async throws {
        let reply = try await rig.send(.patch, "/queues/q", #"{"rate":"\#(text)"}"#)
        #expect(try reply.raw("rate") == #"{"count":\#(count),"period":\#(period)}"#)
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            (#"{"concurrency":0}"#, "concurrency"), (#"{"concurrency":-1}"#, "concurrency"),
            (#"{"concurrency":1.5}"#, "concurrency"), (#"{"concurrency":"4"}"#, "concurrency"),
            (#"{"concurrency":100001}"#, "concurrency"), (#"{"concurrency":9223372036854775808}"#, "concurrency"),
            (#"{"tenant_concurrency":0}"#, "tenant_concurrency"), (#"{"quota":0}"#, "quota"),
            (#"{"quota":1000000001}"#, "quota"), (#"{"rate":5}"#, "rate"), (#"{"rate":"5"}"#, "rate"),
            (#"{"rate":"-5/m"}"#, "rate"), (#"{"rate":"5/w"}"#, "rate"), (#"{"rate":"5/m/s"}"#, "rate"),
            (#"{"rate":"99999999999/m"}"#, "rate"), (#"{"rate":"0/m"}"#, "rate.count"),
            (#"{"rate":"5/2d"}"#, "rate.period"), (#"{"rate":"5/0s"}"#, "rate.period"),
            (#"{"rate":{"count":5}}"#, "rate.period"), (#"{"rate":{"period":5}}"#, "rate.count"),
            (#"{"rate":{"count":10001,"period":1}}"#, "rate.count"),
            (#"{"rate":{"count":1,"period":1e18}}"#, "rate.period"),
            (#"{"tenant_rate":{"count":1,"period":1,"burst":2}}"#, "tenant_rate.burst"), (#"{"paused":1}"#, "paused"),
            (#"{"weight":1}"#, "weight"),
        ])
    func refusals(body: String, path: String) async throws {
        let reply = try await rig.send(.patch, "/queues/q", body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.string("error") == "Invalid queue settings")
        #expect(try reply.paths() == [path])
        #expect(try await rig.store.queues().isEmpty)
    }

    @Test("all queues together have no tenants and no quota")
    func all() async throws {
        #expect(try await rig.send(.patch, "/queues/*", #"{"concurrency":4,"rate":"10/s"}"#).status == 200)
        #expect(try await rig.send(.patch, "/queues/*", #"{"quota":4}"#).status == 422)
        #expect(try await rig.send(.patch, "/queues/*", #"{"tenant_concurrency":4}"#).status == 422)
        #expect(try await rig.get("/queues/%2a").raw("concurrency") == "4")
    }

    @Test("a full queue is 429 and takes jobs again when it has room")
    func full() async throws {
        _ = try await rig.send(.patch, "/queues/default", #"{"quota":2}"#)
        _ = try await rig.submit()
        _ = try await rig.submit(#""delay":60"#)
        for (path, body) in [
            ("/jobs", #"{"payload":{}}"#), ("/jobs/schedule", #"{"payload":{},"run_at":"2099-01-01T00:00:00Z"}"#),
            ("/api/v1/work", #"{"data":"x"}"#), ("/batches", #"{"jobs":[{"payload":{}}]}"#),
        ] {
            let reply = try await rig.post(path, body)
            #expect(reply.status == 429, "\(path)")
            #expect(reply.text == #"{"error":"Queue 'default' is full"}"#)
            #expect(try reply.header("Retry-After") == "5")
        }
        let bulk = try await rig.post("/jobs/bulk", #"[{"payload":{}},{"payload":{}}]"#)
        #expect(bulk.status == 429)
        #expect(try bulk.header("Retry-After") == "5")
        let mixed = try await rig.post("/jobs/bulk", #"[{"payload":{}},{"payload":{},"queue":"q"}]"#)
        #expect(mixed.status == 207)
        _ = try await rig.claim()
        _ = try await rig.submit()
    }

    @Test("workers show what they take, and for which queues they have no free slot")
    func workers() async throws {
        #expect(try await rig.get("/workers").text == "[]")
        try await rig.store.announce(
            WorkerNotice(worker: "b", queues: ["default", "media"], types: ["y", "x"]), ttl: .seconds(60))
        let busy = WorkerNotice(worker: "a", queues: ["default"], types: nil, busy: ["default"])
        try await rig.store.announce(busy, ttl: .seconds(60))
        #expect(
            try await rig.get("/workers").text == """
                [{"worker":"a","queues":["default"],"types":null,"busy":["default"]},\
                {"worker":"b","queues":["default","media"],"types":["x","y"],"busy":[]}]
                """)
    }
}
