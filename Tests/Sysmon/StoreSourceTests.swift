import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the store behind the screen")
struct StoreSourceTests {
    private let store = MemoryStore()
    private var source: StoreSource { StoreSource(store: store) }

    private func add(_ type: String = "echo", queue: String = "default", parents: [JobID] = []) async throws -> JobID {
        var job = NewJob(type: type, queue: queue, payload: Array("{}".utf8), maxAttempts: 1)
        job.parents = parents
        _ = try await store.enqueue([job])
        return job.id
    }

    private func claim() async throws -> Claim {
        let claims = try await store.claim(
            ClaimRequest(queues: ["default"], limit: 1, worker: "w1", lease: .seconds(60)))
        return try #require(claims.first)
    }

    private func detail(_ id: JobID) async throws -> JobDetail? {
        guard case .job(let detail) = try await source.answer(.job(id)) else { return nil }
        return detail
    }

    @Test("a job comes with its notes, the reasons why it waits, and its parents")
    func job() async throws {
        let parent = try await add()
        let child = try await add(parents: [parent])
        let waiting = try #require(try await detail(child))
        #expect(waiting.parents.map(\.id) == [parent] && waiting.reasons.contains(.parents(1)))
        let running = try await claim()
        _ = try await store.note(running.ticket, progress: Array(#"{"fraction":0.5}"#.utf8), log: ["hello"])
        let at = try #require(try await detail(parent))
        #expect(at.notes.log.map(\.text) == ["hello"] && at.notes.progress != nil)
        #expect(at.reasons.contains { if case .running(worker: "w1", _) = $0 { true } else { false } })
        _ = try await store.settle(running.ticket, .failed(error: "boom"))
        let dead = try #require(try await detail(parent))
        #expect(dead.reasons.isEmpty && dead.notes.failures.map(\.error) == ["boom"])
        #expect(try await detail(jobID(1)) == nil)
    }

    @Test("pages, single jobs, samples, queues and crons")
    func lists() async throws {
        let id = try await add(queue: "media")
        guard case .page(let found) = try await source.answer(.find(id)),
            case .page(let none) = try await source.answer(.find(jobID(1))),
            case .page(let all) = try await source.answer(.jobs(JobQuery(queue: "media"))),
            case .page(let sample) = try await source.answer(.sample(100)),
            case .queues(let queues) = try await source.answer(.queues),
            case .crons(let crons) = try await source.answer(.crons)
        else { throw StoreError(.invalid, "another answer") }
        #expect(found.jobs.map(\.id) == [id] && none.jobs.isEmpty && all.jobs.count == 1 && sample.jobs.isEmpty)
        #expect(queues.map(\.name) == ["media"] && crons.isEmpty)
    }

    @Test("every action says what came of it, also when it could not be done")
    func actions() async throws {
        #expect(try await source.act(.pause(queue: "default", true)) == "queue default is paused")
        #expect(try await store.queues().first?.settings.isPaused == true)
        #expect(try await source.act(.pause(queue: "default", false)) == "queue default is resumed")
        let id = try await add()
        #expect(try await source.act(.replay(id)).contains("is queued: only a failed or cancelled one"))
        let running = try await claim()
        #expect(try await source.act(.delete(id)).hasSuffix("is running: cancel it first"))
        #expect(try await source.act(.cancel(id)) == "w1 was told to stop job \(id)")
        #expect(try await store.notes(id)?.cancelReason == "cancelled by sysmon")
        _ = try await store.settle(running.ticket, .failed(error: "boom"))
        #expect(try await source.act(.cancel(id)).contains("had ended before"))
        #expect(try await source.act(.replay(id)) == "job \(id) is queued again")
        #expect(try await source.act(.cancel(id)) == "job \(id) is cancelled")
        #expect(try await source.act(.delete(id)) == "job \(id) is deleted")
        for action in [ScreenAction.cancel(id), .replay(id), .delete(id)] {
            #expect(try await source.act(action) == "there is no job \(id) any more")
        }
        await store.close()
        await #expect(throws: StoreError.self) { try await source.act(.cancel(id)) }
    }
}
