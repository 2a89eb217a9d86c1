import RoostJobs
import Synchronization
import Testing

@testable import RoostSysmon

@Suite("what the screen does to the store, and its record")
struct StoreActionTests {
    private let store = MemoryStore()
    private var source: StoreSource {
        StoreSource(store: store, operatorName: "ada", member: "sysmon@127.0.0.1:1") { node, isDraining in
            guard node == "worker@127.0.0.1:4370" else { throw APIFault(description: "nobody") }
            return "\(node) \(isDraining)"
        }
    }

    /// What the audit log says, oldest first: action and target.
    private func audit() async throws -> [String] {
        try await store.entries(of: "audit", before: nil, limit: 200).reversed().map { entry in
            let fields = try JSONScanner.parseObject(entry.body)
            return "\(fields["action"]?.string ?? "?") \(fields["target"]?.string ?? "?")"
        }
    }

    private func put(_ name: String, _ schedule: String = "@every 1h", zone: String = "UTC") async throws {
        let job = NewJob(type: "report", payload: Array("{}".utf8))
        let past = Timestamp.now().advanced(by: .seconds(3600))
        try await store.putCron(CronEntry(name: name, schedule: schedule, timeZone: zone, job: job), next: past)
    }

    @Test("each is recorded with who did it, where and to what; what changed nothing is not")
    func recorded() async throws {
        let job = NewJob(type: "echo", payload: Array("{}".utf8))
        _ = try await store.enqueue([job])
        _ = try await source.act(.pause(queue: "default", true))
        _ = try await source.act(.replay(job.id))
        _ = try await source.act(.cancel(job.id))
        _ = try await source.act(.cancel(job.id))
        _ = try await source.act(.replay(job.id))
        _ = try await source.act(.delete(job.id))
        _ = try await source.act(.delete(job.id))
        #expect(
            try await audit() == [
                "pauseQueue default", "cancelJob \(job.id)", "retryJob \(job.id)", "deleteJob \(job.id)",
            ])
        let newest = try #require(try await store.entries(of: "audit", before: nil, limit: 1).first)
        let fields = try JSONScanner.parseObject(newest.body)
        #expect(fields["who"]?.string == "ada" && fields["member"]?.string == "sysmon@127.0.0.1:1")
        #expect(fields["status"]?.int == 200 && fields["route"]?.string == "sysmon --rw")
        for name in ["token", "request_id", "remote", "forwarded_for"] { #expect(fields[name]?.kind == .null) }
    }

    @Test("a periodic job is paused, resumed from its next slot on, and run now")
    func crons() async throws {
        try await put("hourly")
        #expect(try await source.act(.pauseCron("hourly", true)) == "periodic job hourly is paused")
        #expect(try await store.crons().first?.entry.isPaused == true)
        #expect(try await source.act(.pauseCron("hourly", true)) == "periodic job hourly is paused")
        #expect(try await source.act(.pauseCron("hourly", false)) == "periodic job hourly is resumed")
        let cron = try #require(try await store.crons().first)
        let next = try #require(cron.next)
        #expect(!cron.entry.isPaused && next > Timestamp.now() && next.microseconds % 3_600_000_000 == 0)
        #expect(try await source.act(.runCron("hourly")).hasSuffix("is accepted"))
        #expect(try await store.list(JobQuery(type: "report")).jobs.first?.state == .queued)
        #expect(try await audit() == ["pauseCron hourly", "resumeCron hourly", "runCron hourly"])
    }

    @Test("a periodic job that is gone, or whose time zone is not known here, is left alone")
    func strangeCrons() async throws {
        #expect(try await source.act(.runCron("none")).contains("no periodic job none"))
        #expect(try await source.act(.pauseCron("none", true)).contains("no periodic job none"))
        try await put("martian", "0 3 * * *", zone: "Mars/Olympus")
        #expect(try await source.act(.pauseCron("martian", true)).contains("cannot read the schedule"))
        #expect(try await audit().isEmpty)
    }

    @Test("a node is told, where somebody can tell it")
    func drain() async throws {
        #expect(try await source.act(.drain(node: "worker@127.0.0.1:4370", true)) == "worker@127.0.0.1:4370 true")
        await #expect(throws: APIFault.self) { try await source.act(.drain(node: "worker@x:1", false)) }
        #expect(try await audit() == ["drainNode worker@127.0.0.1:4370"])
        let alone = StoreSource(store: store)
        #expect(try await alone.act(.drain(node: "worker@127.0.0.1:4370", true)).contains("no member can be told"))
    }
}
