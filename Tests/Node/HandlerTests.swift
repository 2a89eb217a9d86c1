import RoostJobs
import Testing

@testable import RoostNode

@Suite("handlers and outcomes")
struct HandlerTests {
    private struct Thumbnail: Job {
        static let type = "thumbnail"
        static let options = JobOptions(retry: RetryPolicy(base: .seconds(7), jitter: 0))
        var source: String
        var sizes: [Int]
        var labels: [String: Int]?

        struct Size: Codable, Sendable { let width: Int }

        func run(_ context: JobContext) async throws -> Size { Size(width: source.count + sizes.count) }
    }

    private struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private func record(
        _ type: String = "t", _ payload: String = "{}", attempt: Int = 1, crashes: Int = 0, maxAttempts: Int = 3
    ) -> JobRecord {
        var job = JobRecord(
            NewJob(type: type, payload: Array(payload.utf8), maxAttempts: maxAttempts), state: .running,
            insertedAt: .now(), runAt: nil)
        job.attempt = attempt
        job.crashes = crashes
        return job
    }

    private func outcome(_ handlers: HandlerRegistry, _ job: JobRecord) async -> Outcome {
        await JobRunner(handlers: handlers, retry: RetryPolicy(base: .seconds(2), jitter: 0), worker: "w")
            .outcome(of: job)
    }

    private func outcome(throwing error: any Error, _ job: JobRecord? = nil) async throws -> Outcome {
        await outcome(try handlers { _, _ in throw error }, job ?? record())
    }

    @Test("a job written as a type gets its payload decoded and its output encoded")
    func jobType() async throws {
        var handlers = HandlerRegistry()
        try handlers.register(Thumbnail.self)
        let result = await outcome(handlers, record("thumbnail", #"{"source":"abc","sizes":[1,2]}"#))
        #expect(result == .succeeded(result: Array(#"{"width":5}"#.utf8)))
    }

    @Test("a closure over Codable types works the same way")
    func closure() async throws {
        var handlers = HandlerRegistry()
        try handlers.register("add") { (numbers: [Int], _) in numbers.reduce(0, &+) }
        #expect(await outcome(handlers, record("add", "[1,2,3]")) == .succeeded(result: Array("6".utf8)))
    }

    @Test("a job without a result stores null")
    func noResult() async throws {
        var handlers = HandlerRegistry()
        try handlers.register("quiet") { (_: [String: Int], _) in NoResult() }
        #expect(await outcome(handlers, record("quiet")) == .succeeded(result: null))
    }

    @Test(
        "a payload that cannot be decoded fails at once, with words that quote nothing of it",
        arguments: [
            (#"{"sizes":[1],"x":"secret"}"#, "payload is not a Thumbnail: source is missing"),
            (#"{"source":"secret","sizes":[1,"secret"]}"#, "payload is not a Thumbnail: sizes[1] is not a Int"),
            (#"{"source":"a","sizes":null}"#, "payload is not a Thumbnail: sizes is null, expected Array<Any>"),
            (
                #"{"source":"a","sizes":[],"labels":{"secret":"x"}}"#,
                "payload is not a Thumbnail: labels.* is not a Int"
            ),
            (#"["secret"]"#, "payload is not a Thumbnail: the payload is not a "),
            ("secret", "payload is not acceptable JSON: unexpected byte at byte 0"),
            ("", "payload is not acceptable JSON: unexpected end at byte 0"),
        ])
    func undecodable(_ payload: String, _ expected: String) async throws {
        var handlers = HandlerRegistry()
        try handlers.register(Thumbnail.self)
        guard case .failed(let error) = await outcome(handlers, record("thumbnail", payload)) else {
            Issue.record("not failed")
            return
        }
        #expect(error.hasPrefix(expected), "\(error)")
        #expect(!error.contains("secret"))
    }

    @Test("nesting that would overflow the decoder's stack fails the job")
    func deepNesting() async throws {
        var handlers = HandlerRegistry()
        try handlers.register("t") { (numbers: [Int], _) in numbers }
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        guard case .failed = await outcome(handlers, record("t", deep)) else {
            Issue.record("not failed")
            return
        }
    }

    @Test("errors are retried by the type's policy, else by the node's, until the attempts are used up")
    func retries() async throws {
        let fault = Fault(description: "no luck")
        #expect(try await outcome(throwing: fault) == .retry(after: .seconds(2), error: "no luck"))
        let second = try await outcome(throwing: fault, record(attempt: 2))
        #expect(second == .retry(after: .seconds(4), error: "no luck"))
        #expect(try await outcome(throwing: fault, record(attempt: 3)) == .failed(error: "no luck"))
        var own = HandlerRegistry()
        let options = JobOptions(retry: RetryPolicy(base: .seconds(9), jitter: 0))
        try own.register(raw: "t", options: options) { _, _ in throw fault }
        #expect(await outcome(own, record()) == .retry(after: .seconds(9), error: "no luck"))
    }

    @Test("attempts that ended with a crash of the worker do not count as failures")
    func crashesAreApart() async throws {
        let outcome = try await outcome(throwing: Fault(description: "x"), record(attempt: 4, crashes: 2))
        #expect(outcome == .retry(after: .seconds(4), error: "x"))
    }

    @Test("a handler can discard, delay and snooze")
    func jobOutcomes() async throws {
        #expect(try await outcome(throwing: JobOutcome.discard("useless")) == .failed(error: "useless"))
        let retry = JobOutcome.retry(after: .seconds(42), "busy")
        #expect(try await outcome(throwing: retry) == .retry(after: .seconds(42), error: "busy"))
        #expect(try await outcome(throwing: retry, record(attempt: 3)) == .failed(error: "busy"))
        let never = JobOutcome.snooze(.seconds(Int64.max))
        #expect(try await outcome(throwing: never, record(attempt: 3)) == .snoozed(JobLimits.longest))
        #expect(try await outcome(throwing: JobOutcome.snooze(.seconds(-1))) == .snoozed(.zero))
    }

    @Test("a job's own policy beats its handler's")
    func ownPolicy() async throws {
        var job = record()
        job.retry = RetryPolicy(.fixed(.seconds(99)))
        let options = JobOptions(retry: RetryPolicy(base: .seconds(9), jitter: 0))
        var own = HandlerRegistry()
        try own.register(raw: "t", options: options, retry: { _ in .after(.seconds(1)) }) { _, _ in
            throw Fault(description: "x")
        }
        #expect(await outcome(own, job) == .retry(after: .seconds(99), error: "x"))
    }

    @Test("a handler's rule decides by the error and by how often it failed, and may leave it to the policies")
    func retryRule() async throws {
        func decided(_ decision: RetryDecision?, _ job: JobRecord) async throws -> Outcome {
            var own = HandlerRegistry()
            try own.register(raw: "t", retry: { $0.error is Fault && $0.failures < 3 ? decision : .fail }) { _, _ in
                throw Fault(description: "x")
            }
            return await outcome(own, job)
        }
        #expect(try await decided(.after(.seconds(5)), record()) == .retry(after: .seconds(5), error: "x"))
        #expect(try await decided(.after(.seconds(-5)), record()) == .retry(after: .zero, error: "x"))
        #expect(try await decided(nil, record(attempt: 2)) == .retry(after: .seconds(4), error: "x"))
        #expect(try await decided(.fail, record()) == .failed(error: "x"))
        #expect(try await decided(.after(.zero), record(attempt: 3, maxAttempts: 9)) == .failed(error: "x"))
        #expect(try await decided(.after(.zero), record(attempt: 3)) == .failed(error: "x"))
    }

    @Test("a job written as a type has its rule in it, and is asked about timeouts too")
    func ruleOfType() async throws {
        struct Picky: Job {
            static let type = "picky"
            static func retry(_ failure: RetryFailure) -> RetryDecision? {
                failure.error is AttemptTimedOut ? .after(.seconds(33)) : .fail
            }
            func run(_ context: JobContext) async throws -> NoResult { throw Fault(description: "no") }
        }
        var handlers = HandlerRegistry()
        try handlers.register(Picky.self)
        var job = record("picky")
        #expect(await outcome(handlers, job) == .failed(error: "no"))
        job.timeout = .milliseconds(1500)
        let runner = JobRunner(handlers: handlers, retry: RetryPolicy(), worker: "w")
        let attempt = Attempt(Claim(job: job, token: 1), slot: 0, now: .now)
        #expect(runner.timedOut(attempt) == .retry(after: .seconds(33), error: "timed out after 1500 ms"))
    }

    @Test("a handler can call its job off")
    func cancelsItself() async throws {
        #expect(try await outcome(throwing: JobOutcome.cancel("too late")) == .cancelled(reason: "too late"))
    }

    @Test("a long error is cut")
    func longError() async throws {
        let fault = Fault(description: String(repeating: "ä", count: 1 << 20))
        guard case .retry(_, let error) = try await outcome(throwing: fault) else {
            Issue.record("not retried")
            return
        }
        #expect(error.utf8.count <= JobLimits.errorBytes)
    }

    @Test("a result over the limit fails the job without another attempt")
    func resultTooLarge() async throws {
        let large = [UInt8](repeating: UInt8(ascii: "1"), count: JobLimits.resultBytes + 1)
        let outcome = await outcome(try handlers { _, _ in large }, record())
        #expect(outcome == .failed(error: "result too large: 1048577 bytes, at most 1048576"))
    }

    @Test("a raw result that is not JSON fails the job")
    func resultNotJSON() async throws {
        let outcome = await outcome(try handlers { _, _ in Array("hello".utf8) }, record())
        #expect(outcome == .failed(error: "result is not acceptable JSON: unexpected byte at byte 0"))
    }

    @Test("a fallback makes a node handle any type, and types without a handler are snoozed otherwise")
    func fallback() async throws {
        var handlers = try handlers { _, _ in null }
        #expect(handlers.types == ["t"])
        #expect(await outcome(handlers, record("other")) == .snoozed(.seconds(10)))
        handlers.fallback { _, context in Array("\"\(context.type)\"".utf8) }
        #expect(handlers.types == nil)
        #expect(await outcome(handlers, record("other")) == .succeeded(result: Array("\"other\"".utf8)))
    }

    @Test("a type that no job can have is refused")
    func invalidType() {
        var handlers = HandlerRegistry()
        #expect(throws: HandlerRegistryError.invalidType("a b")) {
            try handlers.register(raw: "a b") { payload, _ in payload }
        }
    }
}
