import Logging
import RoostJobs
import RoostNode
import Testing

/// The README's job in Swift, as it stands there, with nothing but what is public.
@Suite("the sample of a job in Swift", .timeLimit(.minutes(2)))
struct SwiftSampleTests {
    struct Size: Codable, Sendable, Equatable {
        var width: Int
    }

    struct Thumbnail: Job {
        static let type = "thumbnail"
        static let options = JobOptions(queue: "media", maxAttempts: 5, timeout: .seconds(30))
        var source: String

        func run(_ context: JobContext) async throws -> Size {
            // The key is the same for every attempt: give it to the systems you call.
            try await render(source, key: context.idempotencyKey)
        }
    }

    static func render(_ source: String, key: String) async throws -> Size { Size(width: source.utf8.count) }

    @Test("it runs, and whoever enqueued it gets its result")
    func runs() async throws {
        let store = MemoryStore()
        let logger = Logger(label: "sample") { _ in SwiftLogNoOpLogHandler() }

        var handlers = HandlerRegistry()
        try handlers.register(Thumbnail.self)
        handlers.use { job, next in
            logger.info("\(job.context.type) \(job.context.id), attempt \(job.context.attempt)")
            return try await next(job)
        }
        let node = try NodeService(
            store: store, handlers: handlers,
            configuration: NodeConfiguration(name: "thumbnails-1", queues: ["media"]), logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await node.run() }
            let thumbnail = try await store.enqueue(Thumbnail(source: "a.jpg")) { $0.tenant = "acme" }
            let size = try await thumbnail.value(timeout: .seconds(30))
            #expect(size == Size(width: 5))
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}

/// The sample's own work.
private func render(_ source: String, key: String) async throws -> SwiftSampleTests.Size {
    try await SwiftSampleTests.render(source, key: key)
}
