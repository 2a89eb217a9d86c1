import RoostJobs
import Testing

@Suite("a handler's context")
struct JobContextTests {
    private struct Report: Job {
        static let type = "report"
        var rows: Int

        func run(_ context: JobContext) async throws -> Int {
            context.log("\(rows) rows")
            for row in 1...rows { context.progress(Double(row) / Double(rows)) }
            return try await context.parents().compactMap { try $0.result(as: Int.self) }.reduce(rows, +)
        }
    }

    private func note(_ body: (JobContext) -> Void) throws -> String {
        let reporter = RecordingReporter()
        body(JobContext(testing: NewJob(type: "t", payload: []), reporter: reporter))
        return try #require(reporter.progress.last)
    }

    @Test("a handler can be tested without a node or a store")
    func withoutNode() async throws {
        var parent = JobRecord(NewJob(type: "p", payload: []), state: .done, insertedAt: .now(), runAt: nil)
        parent.result = Array("40".utf8)
        let reporter = RecordingReporter(parents: [parent])
        let context = JobContext(testing: NewJob(type: "report", payload: []), attempt: 2, reporter: reporter)
        #expect(try await Report(rows: 2).run(context) == 42)
        #expect(reporter.log == ["2 rows"])
        #expect(reporter.progress == [#"{"fraction":0.5}"#, #"{"fraction":1.0}"#])
        #expect(context.attempt == 2 && !context.isCancelled)
        #expect(try await Report(rows: 1).run(JobContext(testing: NewJob(type: "report", payload: []))) == 1)
    }

    @Test("it tells whose job it is and what it belongs to")
    func fields() {
        var job = NewJob(type: "t", payload: [])
        job.tenant = "acme"
        job.tags = ["a", "b"]
        job.trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        job.batch = JobIDGenerator.shared.next()
        let context = JobContext(testing: job)
        #expect(context.tenant == "acme" && context.tags == ["a", "b"])
        #expect(context.trace == job.trace && context.batch == job.batch)
        #expect(context.idempotencyKey == job.id.description)
    }

    @Test(
        "a fraction is 0 to 1, whatever is given",
        arguments: [(-1, "0.0"), (2, "1.0"), (.nan, "0.0"), (.infinity, "0.0"), (1e-9, "1e-09")] as [(Double, String)])
    func fractions(_ given: Double, _ told: String) throws {
        #expect(try note { $0.progress(given) } == "{\"fraction\":\(told)}")
    }

    @Test(
        "any words make a note that is JSON within its limit and begin with them",
        arguments: [
            "plain", "", "\"quotes\" and \\", "a\nb\tc\u{0}\u{1f}", "ünï 🐦",
            String(repeating: "x", count: 5000), String(repeating: "\u{1}", count: 5000),
            String(repeating: "🐦", count: 5000),
        ])
    func words(_ text: String) throws {
        let json = Array(try note { $0.progress(0.5, text) }.utf8)
        #expect(json.count <= JobLimits.progressBytes)
        let message = try #require(try JSONScanner.parseObject(json)["message"]?.string)
        #expect(text.replacing("\u{0}", with: "\u{FFFD}").hasPrefix(message))
        #expect(text.utf8.count > 500 || message.utf8.count >= text.utf8.count)
    }

    @Test("a note of its own shape is JSON within the limit, or dropped")
    func ownShape() {
        let reporter = RecordingReporter()
        let context = JobContext(testing: NewJob(type: "t", payload: []), reporter: reporter)
        #expect(context.progress(note: ["rows": 7]))
        #expect(context.progress(json: Array("[1, 2]".utf8)))
        #expect(!context.progress(json: Array("nonsense".utf8)))
        #expect(!context.progress(json: []))
        #expect(!context.progress(note: Double.nan))
        #expect(!context.progress(note: String(repeating: "x", count: 1023)))
        #expect(reporter.progress == [#"{"rows":7}"#, "[1, 2]"])
    }
}
