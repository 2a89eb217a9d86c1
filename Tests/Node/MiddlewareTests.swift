import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostNode

@Suite("what stands around handlers", .timeLimit(.minutes(2)))
struct MiddlewareTests {
    private struct Fault: Error, Equatable {}

    /// Lines, in the order they were written.
    private final class Diary: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func write(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func outcome(_ handlers: HandlerRegistry, _ payload: String = "{}", type: String = "t") async -> Outcome {
        var job = NewJob(type: type, payload: Array(payload.utf8))
        job.tenant = "acme"
        var record = JobRecord(job, state: .running, insertedAt: .now(), runAt: nil)
        record.attempt = 1
        return await JobRunner(handlers: handlers, retry: RetryPolicy(.fixed(.seconds(1))), worker: "w")
            .outcome(of: record)
    }

    @Test("it surrounds every handler, the first outermost, those registered later and the fallback too")
    func order() async throws {
        let diary = Diary()
        var registry = try handlers { _, _ in
            diary.write("handler")
            return null
        }
        for name in ["outer", "inner"] {
            registry.use { job, next in
                diary.write("\(name) \(job.context.type) of \(job.context.tenant ?? "")")
                defer { diary.write("\(name) ends") }
                return try await next(job)
            }
        }
        try registry.register(raw: "later") { _, _ in null }
        registry.fallback { _, _ in null }
        #expect(await outcome(registry) == .succeeded(result: null))
        #expect(diary.all == ["outer t of acme", "inner t of acme", "handler", "inner ends", "outer ends"])
        _ = await outcome(registry, type: "later")
        _ = await outcome(registry, type: "any")
        #expect(diary.all.contains("outer later of acme") && diary.all.contains("inner any of acme"))
    }

    @Test("it may change the payload and the result, answer itself, and call the handler again")
    func changes() async throws {
        func registry(_ middleware: @escaping JobMiddleware) throws -> HandlerRegistry {
            var registry = HandlerRegistry()
            let calls = Counter()
            try registry.register("t") { (words: [String], _) in
                if words.isEmpty, calls.up() == 1 { throw Fault() }
                return words + ["handled"]
            }
            registry.use(middleware)
            return registry
        }
        let changing = try registry { job, next in
            var job = job
            job.payload = Array(#"["changed"]"#.utf8)
            return try await next(job) + Array("  ".utf8)
        }
        #expect(await outcome(changing) == .succeeded(result: Array(#"["changed","handled"]  "#.utf8)))
        let answering = try registry { _, _ in Array("7".utf8) }
        #expect(await outcome(answering) == .succeeded(result: Array("7".utf8)))
        let repeating = try registry { job, next in
            do { return try await next(job) } catch is Fault { return try await next(job) }
        }
        #expect(await outcome(repeating, "[]") == .succeeded(result: Array(#"["handled"]"#.utf8)))
        let wrong = try registry { _, _ in Array("nonsense".utf8) }
        guard case .failed = await outcome(wrong) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("errors pass through as they are: outcomes, faults of the payload, and its own")
    func errors() async throws {
        let seen = Diary()
        func registry(_ middleware: JobMiddleware? = nil, throwing error: any Error) throws -> HandlerRegistry {
            var registry = HandlerRegistry()
            try registry.register("t") { (_: [Int], _) -> Int in throw error }
            registry.use { job, next in
                do { return try await next(job) } catch {
                    seen.write("\(type(of: error))")
                    throw error
                }
            }
            if let middleware { registry.use(middleware) }
            return registry
        }
        #expect(await outcome(try registry(throwing: JobOutcome.snooze(.seconds(5))), "[]") == .snoozed(.seconds(5)))
        #expect(await outcome(try registry(throwing: JobOutcome.discard("no")), "[]") == .failed(error: "no"))
        let retried = await outcome(try registry(throwing: Fault()), "[]")
        #expect(retried == .retry(after: .seconds(1), error: "Fault()"))
        guard case .failed = await outcome(try registry(throwing: Fault()), "{}") else {
            Issue.record("a payload that cannot be decoded is tried again")
            return
        }
        let own = try registry({ _, _ in throw JobOutcome.cancel("closed on Sundays") }, throwing: Fault())
        #expect(await outcome(own, "[]") == .cancelled(reason: "closed on Sundays"))
        #expect(seen.all == ["JobOutcome", "JobOutcome", "Fault", "HandlerFault", "JobOutcome"])
    }

    @Test("cancelling a running job cancels what is around its handler too")
    func cancels() async throws {
        let store = MemoryStore()
        let (started, ended) = (Gate(), Diary())
        var registry = try handlers { _, _ in
            started.open()
            try await Task.sleep(for: .seconds(3600))
            return null
        }
        registry.use { job, next in
            defer { ended.write("cancelled: \(job.context.isCancelled)") }
            return try await next(job)
        }
        try await withNode(store, handlers: registry) { _ in
            let id = try await store.submit()
            await started.pass()
            _ = try await store.cancel(id, reason: "enough")
            #expect(try await store.ended(id).state == .cancelled)
        }
        #expect(ended.all == ["cancelled: true"])
    }
}
