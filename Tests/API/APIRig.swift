import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RoostAPI
import RoostJobs
import Testing

/// An API on a store, spoken to through its router.
struct APIRig: Sendable {
    var store: any JobStore = MemoryStore()
    var readiness = Readiness()
    var configuration = APIConfiguration(port: 0, member: "api@127.0.0.1:4370", version: "1.2.3")
    var streams: APIRoutes.Document?
    var control: NodeControl?

    func application(
        onServerRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let router = Router(context: APIRequestContext.self)
        APIRoutes(
            store: store, configuration: configuration, readiness: readiness,
            nodes: { Array(#"[{"name":"api@127.0.0.1:4370"}]"#.utf8) }, control: control, streams: streams
        ).add(to: router)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return makeAPIApplication(
            router: router, configuration: configuration,
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup, logger: logger,
            onServerRunning: onServerRunning)
    }

    /// One request through the router.
    func send(
        _ method: HTTPRequest.Method, _ uri: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async throws -> Reply {
        try await send(method, uri, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, bytes: [UInt8]?, headers: HTTPFields = [:]
    ) async throws -> Reply {
        try await application().test(.router) { client in
            Reply(
                try await client.execute(
                    uri: uri, method: method, headers: headers, body: bytes.map { ByteBuffer(bytes: $0) }))
        }
    }

    /// Many requests, one after the other, through one router.
    func send(
        _ method: HTTPRequest.Method, _ uri: String, each bodies: [[UInt8]],
        _ check: @escaping @Sendable (Reply, [UInt8]) throws -> Void
    ) async throws {
        try await application().test(.router) { client in
            for body in bodies {
                try check(
                    Reply(try await client.execute(uri: uri, method: method, body: ByteBuffer(bytes: body))), body)
            }
        }
    }

    func get(_ uri: String, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.get, uri, headers: headers)
    }

    func post(_ uri: String, _ body: String, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.post, uri, body, headers: headers)
    }

    /// Accepts a job and returns its id.
    func submit(_ members: String = "", headers: HTTPFields = [:]) async throws -> JobID {
        let reply = try await post(
            "/jobs", #"{"payload":{}\#(members.isEmpty ? "" : ",")\#(members)}"#, headers: headers)
        #expect(reply.status == 202, "\(reply.text)")
        return try #require(try reply.string("job_id").flatMap { JobID($0) })
    }

    /// The job as its store has it.
    func job(_ id: JobID) async throws -> JobRecord { try #require(try await store.job(id)) }

    /// Takes a job and fails it for good.
    func die(_ error: String = "no", queue: String = "default") async throws -> JobID {
        let claim = try await claim(queue)
        _ = try await store.settle(claim.ticket, .failed(error: error))
        return claim.job.id
    }

    /// Takes the next job as a worker would.
    func claim(_ queue: String = "default") async throws -> Claim {
        let request = ClaimRequest(queues: [queue], limit: 1, worker: "w", lease: .seconds(60))
        return try #require(try await store.claim(request).first)
    }
}

/// A reply, with its JSON taken apart by the scanner under test elsewhere.
struct Reply: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    init(_ response: TestResponse) {
        status = response.status.code
        headers = response.headers
        bytes = Array(response.body.readableBytesView)
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The members of an object.
    var json: JSONObject { get throws { try JSONScanner.parseObject(bytes, maximumDepth: 40) } }

    /// A member that is a string.
    func string(_ key: String) throws -> String? { try json[key]?.string }

    /// A member as it was written.
    func raw(_ key: String) throws -> String? {
        try json[key].map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// The elements of an array that are objects.
    func rows(_ key: String? = nil) throws -> [JSONObject] {
        let bytes = try key.map { try json[$0]?.bytes ?? [] } ?? bytes
        return try JSONScanner.parseArray(bytes, maximumDepth: 40).compactMap(\.object)
    }

    /// The paths of the issues.
    func paths() throws -> [String] { try rows("issues").compactMap { $0["path"]?.string } }

    /// A header by its name.
    func header(_ name: String) throws -> String? { headers[try #require(HTTPField.Name(name))] }
}
