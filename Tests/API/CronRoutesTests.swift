import HTTPTypes
import RoostAPI
import RoostJobs
import Testing

@Suite("/cron")
struct CronRoutesTests {
    static let daily = #"{"schedule":"30 4 * * *","job":{"type":"report","payload":{"a": 1}}}"#
    /// 2026-03-28, the day before the clocks of Europe go on.
    var rig = APIRig(
        store: MemoryStore(clock: { Timestamp(rfc3339: "2026-03-28T12:00:00Z") ?? .now() }))

    private func put(_ name: String, _ body: String) async throws -> Reply {
        try await rig.send(.put, "/cron/\(name)", body)
    }

    @Test("a periodic job is made, shown, changed and deleted")
    func life() async throws {
        #expect(try await rig.get("/cron").text == "[]")
        let made = try await put("nightly", Self.daily)
        #expect(made.status == 201)
        let shown = try await rig.get("/cron/nightly")
        #expect(shown.text == made.text)
        #expect(try shown.string("next_run") == "2026-03-29T04:30:00.000000Z")
        #expect(
            try shown.raw("next_runs")
                == "[" + (29...31).map { "\"2026-03-\($0)T04:30:00.000000Z\"" }.joined(separator: ",")
                + #","2026-04-01T04:30:00.000000Z","2026-04-02T04:30:00.000000Z"]"#)
        #expect(try shown.string("time_zone") == "UTC" && shown.string("catch_up") == "latest")
        #expect(try shown.raw("last_run") == "null" && shown.raw("paused") == "false")
        #expect(try shown.json["job"]?.object?["payload"]?.bytes == Array(#"{"a": 1}"#.utf8))
        #expect(try await put("nightly", #"{"schedule":"@hourly","catch_up":"skip","job":{"type":"x"}}"#).status == 200)
        let list = try await rig.get("/cron").rows()
        #expect(list.count == 1)
        #expect(list[0]["schedule"]?.string == "@hourly" && list[0]["catch_up"]?.string == "skip")
        #expect(try await rig.send(.delete, "/cron/nightly").status == 204)
        #expect(try await rig.send(.delete, "/cron/nightly").status == 404)
        #expect(try await rig.get("/cron/nightly").status == 404)
    }

    @Test("slots are read in the time zone, also over a change of the clocks")
    func zone() async throws {
        let body = #"{"schedule":"30 2 * * *","time_zone":"Europe/Berlin","job":{"type":"x"}}"#
        let reply = try await put("night", body)
        #expect(reply.status == 201, "\(reply.text)")
        // 02:30 is jumped over on the 29th: due when the clocks go on, at 03:00.
        #expect(
            try reply.raw("next_runs")?.hasPrefix(
                #"["2026-03-29T01:00:00.000000Z","2026-03-30T00:30:00.000000Z","#) == true)
    }

    @Test("every field of the job comes back as it can be given again")
    func template() async throws {
        let job = """
            {"type":"x","queue":"q","payload":{},"priority":2,"max_attempts":4,"timeout":10,"result_ttl":60,\
            "unique":{"by":"content","period":60,"on_conflict":"replace"},\
            "retry":{"kind":"list","delays":[1,2.5],"jitter":0.0},"start_within":30,"deadline_in":90,"tenant":"t",\
            "tags":["a"]}
            """
        let reply = try await put("x", #"{"schedule":"@daily","job":\#(job)}"#)
        #expect(try reply.raw("job") == job)
        #expect(try await put("x", #"{"schedule":"@daily","job":\#(job)}"#).text == reply.text)
    }

    @Test("it is run outside its schedule without moving its next slot")
    func run() async throws {
        _ = try await put("nightly", Self.daily)
        let reply = try await rig.send(.post, "/cron/nightly/run")
        #expect(reply.status == 202)
        let id = try #require(try reply.string("job_id").flatMap { JobID($0) })
        #expect(try await rig.job(id).payload == Array(#"{"a": 1}"#.utf8))
        let second = try await rig.send(.post, "/cron/nightly/run").string("job_id")
        #expect(second != id.description)
        let shown = try await rig.get("/cron/nightly")
        #expect(try shown.string("next_run") == "2026-03-29T04:30:00.000000Z")
        #expect(try shown.raw("last_run") == "null")
        #expect(try await rig.send(.post, "/cron/none/run").status == 404)
    }

    @Test("it is paused and resumed, and goes on with the next slot")
    func pause() async throws {
        _ = try await put("nightly", Self.daily)
        for _ in 0..<2 {
            let reply = try await rig.send(.post, "/cron/nightly/pause")
            #expect(reply.status == 200)
            #expect(try reply.raw("paused") == "true")
        }
        let resumed = try await rig.send(.post, "/cron/nightly/resume")
        #expect(try resumed.raw("paused") == "false")
        #expect(try resumed.string("next_run") == "2026-03-29T04:30:00.000000Z")
        #expect(try await rig.send(.post, "/cron/none/pause").status == 404)
    }

    @Test("the same definition again keeps a slot that is due")
    func same() async throws {
        let slot = try #require(Timestamp(rfc3339: "2026-03-28T04:30:00Z"))
        let entry = CronEntry(name: "nightly", schedule: "30 4 * * *", job: NewJob(type: "old", payload: []))
        try await rig.store.putCron(entry, next: slot)
        #expect(try await put("nightly", Self.daily).string("next_run") == slot.rfc3339)
        let other = #"{"schedule":"31 4 * * *","job":{"type":"x"}}"#
        #expect(try await put("nightly", other).string("next_run") == "2026-03-29T04:31:00.000000Z")
    }

    @Test(
        "what is wrong is 422 under its path",
        arguments: [
            ("{}", ["schedule", "job"]), (#"{"schedule":"@daily"}"#, ["job"]), (#"{"job":{"type":"x"}}"#, ["schedule"]),
            (#"{"schedule":5,"job":{}}"#, ["schedule"]), (#"{"schedule":"","job":{}}"#, ["schedule"]),
            (#"{"schedule":"60 * * * *","job":{}}"#, ["schedule"]), (#"{"schedule":"* * *","job":{}}"#, ["schedule"]),
            (#"{"schedule":"@often","job":{}}"#, ["schedule"]), (#"{"schedule":"0 0 30 2 *","job":{}}"#, ["schedule"]),
            (#"{"schedule":"@every 99999999999d","job":{}}"#, ["schedule"]),
            (#"{"schedule":"@daily","time_zone":"Mars/Base","job":{}}"#, ["time_zone"]),
            (#"{"schedule":"@daily","time_zone":"../../etc/passwd","job":{}}"#, ["time_zone"]),
            (#"{"schedule":"@daily","catch_up":"some","job":{}}"#, ["catch_up"]),
            (#"{"schedule":"@daily","paused":0,"job":{}}"#, ["paused"]), (#"{"schedule":"@daily","job":[]}"#, ["job"]),
            (#"{"schedule":"@daily","every":1,"job":{}}"#, ["every"]),
            (#"{"schedule":"@daily","job":{"priority":0,"delay":1}}"#, ["job.delay", "job.priority"]),
            (
                #"{"schedule":"@daily","job":{"payload":[],"deadline":"2099-01-01T00:00:00Z"}}"#,
                ["job.payload", "job.deadline"]
            ),
            (
                #"{"schedule":"@daily","job":{"depends_on":[],"idempotency_key":"x"}}"#,
                ["job.depends_on", "job.idempotency_key"]
            ),
        ])
    func refusals(body: String, paths: [String]) async throws {
        let reply = try await put("x", body)
        #expect(reply.status == 422, "\(reply.text)")
        #expect(try reply.string("error") == "Invalid periodic job")
        #expect(try reply.paths().sorted() == paths.sorted())
        #expect(try await rig.store.crons().isEmpty)
    }

    @Test("a name is one that a type may have", arguments: ["a%20b", "%00", "%zz", "%C3%BC", "*"])
    func names(name: String) async throws {
        #expect(try await put(name, Self.daily).status == 422)
        #expect(try await rig.get("/cron/\(name)").status == 404)
    }

    @Test("a name may be encoded")
    func encoded() async throws {
        #expect(try await put("mail%2fdaily", Self.daily).string("name") == "mail/daily")
        #expect(try await rig.get("/cron/mail%2Fdaily").status == 200)
    }
}
