import AsyncHTTPClient
import Hummingbird
import Logging
import NIOHTTP1
import NIOPosix
import RoostAPI
import RoostJobs
import ServiceLifecycle

/// The API of a store, served by this process on the loopback, and callers that keep their connections.
struct BenchHTTP {
    let store: any JobStore

    /// Serves while the body runs, which is given what posts one job.
    func running(_ body: (_ post: @escaping @Sendable (_ number: Int) async throws -> Void) async throws -> Void)
        async throws
    {
        // Silent: that its connections are cut at the end is no news.
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let configuration = APIConfiguration(port: 0, member: "api@bench")
        let router = Router(context: APIRequestContext.self)
        APIRoutes(store: store, configuration: configuration).add(to: router)
        let bound = AsyncStream.makeStream(of: Int.self)
        let server: any Service = makeAPIApplication(
            router: router, configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger, onServerRunning: { bound.continuation.yield($0) })
        var settings = HTTPClient.Configuration()
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = BenchJobs.callers
        let client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
        let failure: (any Error)? = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends when cancelled, below; what else ends it makes the posts fail.
                try? await server.run()
                bound.continuation.finish()
            }
            defer { group.cancelAll() }
            do {
                var ports = bound.stream.makeAsyncIterator()
                guard let port = await ports.next() else { throw Failure(.unavailable, "the server did not start") }
                try await body { try await Self.post($0, "http://127.0.0.1:\(port)/jobs", client) }
                return nil
            } catch {
                return error
            }
        }
        try await client.shutdown()
        if let failure { throw failure }
    }

    private static func post(_ number: Int, _ url: String, _ client: HTTPClient) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        let payload = BenchJobs.payload(number, sent: BenchTally.now)
        request.body = .bytes(
            Array("{\"type\":\"\(BenchJobs.type)\",\"queue\":\"\(BenchJobs.queue)\",\"payload\":\(payload)}".utf8))
        let response = try await client.execute(request, timeout: .seconds(30))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard response.status.code == 202 else {
            throw Failure(.unavailable, "the API answered \(response.status.code)")
        }
    }
}
