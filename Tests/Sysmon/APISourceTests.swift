import RoostJobs
import Synchronization
import Testing

@testable import RoostSysmon

@Suite("an API behind the screen")
struct APISourceTests {
    /// Answers by method and path, and remembers what was asked.
    private final class Door: Sendable {
        let replies: [String: APIAnswer]
        let asked = Mutex<[String]>([])

        init(_ replies: [String: (Int, String)]) {
            self.replies = replies.mapValues { APIAnswer(status: $0.0, body: Array($0.1.utf8), total: 7) }
        }

        func send(_ call: APICall) throws -> APIAnswer {
            let text = "\(call.method.rawValue) \(call.path)"
            asked.withLock { $0.append(text) }
            guard let reply = replies[text] else { throw APIFault(description: "no answer to \(text)") }
            return reply
        }

        var source: APISource { APISource { try self.send($0) } }
        func reading(patience: Duration = .seconds(60)) -> APIReading {
            APIReading(patience: patience) { try self.send($0) }
        }
    }

    private static let id = jobID(1).description
    private static let job = """
        {"id":"\(id)","type":"thumb","queue":"media","payload":{"a": [1, 2]},"status":"failed","priority":2,"attempt":2,\
        "max_attempts":3,"crashes":1,"inserted_at":"2026-11-21T12:00:00.000Z","run_at":null,\
        "started_at":"2026-11-21T12:00:01.5Z","finished_at":"2026-11-21T12:00:02.000Z","expires_at":null,"timeout":30.5,\
        "result_ttl":3600,"unique":"u","tenant":"acme","tags":["vip"],"depends_rule":"done","worker":"w1","result":null,\
        "error":"boom","cancel_requested":false,"progress":{"fraction":0.5},\
        "log":[{"at":"2026-11-21T12:00:01.000Z","attempt":1,"text":"hello"}],\
        "failures":[{"attempt":1,"started_at":"2026-11-21T12:00:01Z","ended_at":"2026-11-21T12:00:02Z","worker":"w0",\
        "error":"bang"}],"parents":[{"id":"\(jobID(2))","type":"fetch","status":"done"}],\
        "waiting":[{"reason":"position","ahead":3},{"reason":"paused","queue":"media"},{"reason":"new"}]}
        """

    @Test("a job and what is told beside its record come over as they are")
    func job() async throws {
        let door = Door(["GET /jobs/\(Self.id)": (200, Self.job)])
        guard case .job(let detail?) = try await door.source.answer(.job(jobID(1))) else {
            throw APIFault(description: "no job")
        }
        let job = detail.job
        #expect(job.type == "thumb" && job.queue == "media" && job.state == .failed && job.priority == 2)
        #expect(job.payload == Array(#"{"a": [1, 2]}"#.utf8) && job.result == nil)
        #expect(job.attempt == 2 && job.maxAttempts == 3 && job.crashes == 1 && job.timeout == .milliseconds(30_500))
        #expect(job.uniqueKey == "u" && job.tenant == "acme" && job.tags == ["vip"] && job.hasParents)
        #expect(job.startedAt?.since(job.insertedAt) == .milliseconds(1500) && job.runAt == nil)
        #expect(job.error == "boom" && job.worker == "w1")
        #expect(detail.notes.log.map(\.text) == ["hello"] && detail.notes.failures.map(\.error) == ["bang"])
        #expect(detail.notes.progress == Array(#"{"fraction":0.5}"#.utf8) && detail.notes.cancelReason == nil)
        #expect(detail.reasons == [.position(ahead: 3), .paused(queue: "media")])
        #expect(detail.parents.map(\.type) == ["fetch"] && detail.parents.first?.state == .done)
    }

    @Test("a page is asked for by number, with its filters escaped, and knows how many there are")
    func page() async throws {
        let path = "/jobs?page=3&per_page=20&status=failed&type=a%2Fb&queue=media"
        let door = Door(["GET \(path)": (200, "[\(Self.job),{\"id\":\"?\"},3]")])
        var query = JobQuery(state: .failed, type: "a/b", queue: "media")
        (query.limit, query.offset) = (20, 40)
        guard case .page(let page) = try await door.source.answer(.jobs(query)) else {
            throw APIFault(description: "no page")
        }
        #expect(page.jobs.map(\.id) == [jobID(1)] && page.total == 7)
        #expect(door.asked.withLock { $0 } == ["GET \(path)"])
    }

    @Test("a job that is not there is none; a refusal is told in the API's words")
    func refusals() async throws {
        let door = Door([
            "GET /jobs/\(Self.id)": (404, #"{"error":"Job not found"}"#),
            "GET /cron": (401, #"{"error":"A token is needed"}"#), "GET /queues": (200, "{}"),
            "POST /jobs/\(Self.id)/retry": (409, #"{"error":"The job is done"}"#),
        ])
        guard case .job(nil) = try await door.source.answer(.job(jobID(1))),
            case .page(let none) = try await door.source.answer(.find(jobID(1)))
        else { throw APIFault(description: "a job") }
        #expect(none.jobs.isEmpty)
        await #expect(throws: APIFault(description: "A token is needed")) { try await door.source.answer(.crons) }
        await #expect(throws: APIFault(description: "The job is done")) { try await door.source.act(.replay(jobID(1))) }
        await #expect(throws: APIFault.self) { try await door.source.answer(.queues) }
    }

    @Test("every action is one request")
    func actions() async throws {
        let door = Door([
            "POST /queues/%2A/pause": (200, "{}"), "POST /queues/media/resume": (200, "{}"),
            "POST /jobs/\(Self.id)/cancel": (202, #"{"worker":"w1"}"#), "POST /jobs/\(Self.id)/retry": (200, "{}"),
            "DELETE /jobs/\(Self.id)": (204, ""), "POST /cron/nightly/pause": (200, "{}"),
            "POST /cron/nightly/resume": (200, "{}"), "POST /cron/nightly/run": (202, #"{"job_id":"J"}"#),
            "POST /nodes/worker%40127.0.0.1%3A4370/drain": (200, #"{"busy":1}"#),
            "POST /nodes/worker%40127.0.0.1%3A4370/undrain": (200, #"{"busy":1}"#),
        ])
        let expected: [(ScreenAction, String)] = [
            (.pause(queue: "*", true), "queue * is paused"), (.pause(queue: "media", false), "queue media is resumed"),
            (.cancel(jobID(1)), "w1 was told to stop job \(Self.id)"),
            (.replay(jobID(1)), "job \(Self.id) is queued again"),
            (.delete(jobID(1)), "job \(Self.id) is deleted"),
            (.pauseCron("nightly", true), "periodic job nightly is paused"),
            (.pauseCron("nightly", false), "periodic job nightly is resumed"),
            (.runCron("nightly"), "job J is accepted"),
            (
                .drain(node: "worker@127.0.0.1:4370", true),
                "worker@127.0.0.1:4370 claims no more jobs; 1 still runs"
            ),
            (.drain(node: "worker@127.0.0.1:4370", false), "worker@127.0.0.1:4370 claims jobs"),
        ]
        for (action, text) in expected { #expect(try await door.source.act(action) == text) }
        #expect(Set(door.asked.withLock { $0 }) == Set(door.replies.keys))
    }

    private static let nodes = """
        [{"name":"worker@127.0.0.1:4370","role":"worker","roles":["worker"],"state":"draining","link":"connected",\
        "incarnation":"18446744073709551615","version":"1","started_at":"2026-11-21T12:00:00.000Z","heartbeat_age":0.5,\
        "round_trip_ms":1.5,"peers":2,"slots":8,"busy":3,"processed":10,"failed":1,"http":null,"console":null,\
        "memory_bytes":42,"duties":[{"name":"claim","restarts":1,"state":"running"}]},\
        {"name":"api@127.0.0.1:4371","role":"api","state":"lost","state_age":9},{"name":"x","state":"asleep"}]
        """

    private static let replies: [String: (Int, String)] = [
        "GET /stats": (200, #"{"totals":{"enqueued":9,"started":8,"done":7,"retried":1,"failed":2,"reclaimed":3}}"#),
        "GET /queues": (
            200,
            """
            [{"queue":"*","paused":true},{"queue":"default","queued":4,"running":2,"paused":false,"concurrency":5,\
            "rate":{"count":3,"period":60},"oldest_at":"2026-11-21T12:00:00.000Z","searchable":false}]
            """
        ), "GET /nodes": (200, nodes),
        "GET /health": (
            503,
            """
            {"status":"DEGRADED","store":{"description":"sqlite:x","durability":"fsync","latency":0.002},\
            "warnings":["disk full"]}
            """
        ),
    ]

    @Test("numbers, members and health make snapshots")
    func reading() async throws {
        let reading = Door(Self.replies).reading()
        let counts = try await reading.counts()
        #expect(counts.queues.keys.sorted() == ["default"] && counts[.queued] == 4 && counts[.running] == 2)
        #expect(counts.totals.enqueued == 9 && counts.totals.done == 7 && counts.totals.reclaimed == 3)
        let members = reading.members.members
        #expect(members.map(\.state) == [.draining, .lost] && reading.members.registryDegradedFor == nil)
        let first = try #require(members.first)
        #expect(first.slots == 8 && first.busy == 3 && first.incarnation == .max && first.memory == 42)
        #expect(first.roundTrip == .microseconds(1500) && first.link == .connected && first.duties.first?.restarts == 1)
        #expect(try #require(first.heartbeatAge) >= .milliseconds(500))
        #expect(try #require(members.last?.stateAge) >= .seconds(9))
        let health = await reading.health()
        #expect(!health.isReachable && health.description == "sqlite:x" && health.warnings == ["disk full"])
        #expect(health.latency == .milliseconds(2))
    }

    @Test("while the store is away the members are known; while the API is, those known get old")
    func away() async throws {
        var replies = Self.replies
        replies["GET /stats"] = (503, #"{"error":"The store is away"}"#)
        let reading = Door(replies).reading()
        await #expect(throws: APIFault(description: "The store is away")) { try await reading.counts() }
        #expect(reading.members.members.count == 2)
        let gone = Door([:]).reading(patience: .zero)
        await #expect(throws: APIFault.self) { try await gone.counts() }
        #expect(gone.members.registryDegradedFor != nil && gone.members.members.isEmpty)
        #expect(await gone.health() == StoreHealth(description: "", isReachable: false, durability: "unknown"))
    }

    @Test("nothing an API says brings the screen down", arguments: ["", "[", "[1,null,{}]", "{}", #"[{"queue":3}]"#])
    func hostile(body: String) async {
        let paths = ["/stats", "/queues", "/nodes", "/health", "/cron", "/jobs/\(Self.id)"]
        let door = Door(Dictionary(uniqueKeysWithValues: paths.map { ("GET \($0)", (200, body)) }))
        _ = try? await door.reading().counts()
        _ = await door.reading().health()
        for request in [ScreenRequest.queues, .crons, .job(jobID(1)), .find(jobID(1))] {
            _ = try? await door.source.answer(request)
        }
    }

    @Test("numbers no clock or counter has are clamped")
    func clamped() throws {
        let json = try JSONScanner.parseObject(
            Array(#"{"a":1e300,"b":-5,"c":99999999999999999999,"d":"x","e":-1e9}"#.utf8))
        #expect(try #require(json.span("a")) > .seconds(1e11) && json.span("e") == .zero && json.span("d") == nil)
        #expect(json.count("b") == 0 && json.count("c") == nil)
    }
}
