import RoostJobs
import RoostNode
import RoostTestKit
import Testing

@Suite("demo handlers", .timeLimit(.minutes(2)))
struct DemoTests {
    private func demo(workSeconds: Double = 0) throws -> HandlerRegistry {
        var handlers = HandlerRegistry()
        try DemoHandlers.register(in: &handlers, workSeconds: workSeconds)
        return handlers
    }

    @Test(
        "each gives its result",
        arguments: [
            ("echo", #"{"a":[1, 2]}"#, #"{"a":[1, 2]}"#), ("noop", "{}", "null"),
            ("progress", #"{"seconds":0,"steps":3}"#, #"{"steps":3}"#),
            ("progress", #"{"seconds":-1}"#, #"{"steps":10}"#),
            ("sleep", #"{"seconds":0.01}"#, "null"), ("sleep", #"{"seconds":-5}"#, "null"),
            ("fail", #"{"until_attempt":2}"#, #"{"attempt":2}"#),
            ("work", #""foo""#, #"{"status":"worked","data":"foo"}"#),
            ("work", #"{"data":{"x": 1}}"#, #"{"status":"worked","data":{"x": 1}}"#),
        ])
    func results(_ type: String, _ payload: String, _ expected: String) async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try demo()) { _ in
            let job = try await store.ended(store.submit(type, payload))
            #expect(job.resultText == expected)
        }
    }

    @Test("fail fails with its message")
    func fails() async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try demo()) { _ in
            let job = try await store.ended(store.submit("fail", #"{"message":"boom"}"#, maxAttempts: 2))
            #expect(job.state == .failed)
            #expect(job.error == "boom")
            #expect(job.attempt == 2)
        }
    }

    @Test("progress tells of its steps")
    func progress() async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try demo()) { _ in
            let job = try await store.ended(store.submit("progress", #"{"steps":2,"seconds":0}"#))
            let notes = try #require(try await store.notes(job.id))
            #expect(notes.progress == Array(#"{"fraction":1.0,"message":"step 2 of 2"}"#.utf8))
            #expect(
                notes.log.map(\.text)
                    == ["attempt 1 starts, 2 steps", "step 1 of 2 is done", "step 2 of 2 is done"])
        }
    }

    @Test("any other type completes with its id and the time")
    func anyOther() async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try demo()) { node in
            #expect(node.status.types == nil)
            let job = try await store.ended(store.submit("email.send"))
            let result = try JSONScanner.parseObject(try #require(job.result))
            #expect(result["status"]?.string == "completed")
            #expect(result["job_id"]?.string == job.id.description)
            #expect(Timestamp(rfc3339: result["processed_at"]?.string ?? "") != nil)
        }
    }

    @Test("a sleep of a day and more ends when its node stops", arguments: ["1e300", "86400"])
    func longSleep(_ seconds: String) async throws {
        let store = MemoryStore()
        try await withNode(store, handlers: try demo()) { node in
            _ = try await store.submit("sleep", #"{"seconds":\#(seconds)}"#)
            try await eventually("it runs") { node.status.busy == 1 }
        }
        #expect(try await store.counts()[.queued] == 1)
    }
}
