import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RoostJobs
import RoostWebhooks
import Synchronization

/// A receiver of webhooks on this machine: keeps what it got and answers as it is told.
final class Receiver: Sendable {
    /// A request.
    struct Received: Sendable {
        let path: String
        let headers: HTTPHeaders
        let body: [UInt8]

        var id: String { headers.first(name: "webhook-id") ?? "" }

        /// Whether one of its signatures is this secret's.
        func isSigned(by secret: WebhookSecret) -> Bool {
            guard let seconds = headers.first(name: "webhook-timestamp").flatMap({ Int64($0) }) else { return false }
            let signatures = (headers.first(name: "webhook-signature") ?? "").split(separator: " ").map(String.init)
            return signatures.contains(secret.signature(id: id, timestamp: seconds, body: body))
        }

        var json: JSONObject? { try? JSONScanner.parseObject(body, maximumDepth: 40) }
    }

    /// What it answers; nil: nothing at all.
    struct Answer: Sendable {
        var status = 200
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
        /// Answers nothing, and keeps the connection.
        var isSilent = false
    }

    typealias Rule = @Sendable (_ count: Int, Received) -> Answer

    private let state = Mutex<(requests: [Received], connections: Int)>(([], 0))
    private let changed = WakeSignal()
    private let rule: Rule

    init(_ rule: @escaping Rule = { _, _ in Answer() }) { self.rule = rule }

    var requests: [Received] { state.withLock { $0.requests } }

    var connections: Int { state.withLock { $0.connections } }

    /// Returns once it got so many, or after ten seconds.
    func got(_ count: Int) async -> [Received] {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let generation = changed.generation
            let requests = requests
            if requests.count >= count || ContinuousClock.now >= deadline { return requests }
            await changed.wait(after: generation, upTo: deadline - .now)
        }
    }

    /// Listens while the body runs.
    func run<Result>(
        port: Int = 0, tls: NIOSSLContext? = nil, _ body: (_ port: Int) async throws -> Result
    ) async throws -> Result {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    self.state.withLock { $0.connections += 1 }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(ReceiverHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        do {
            let result = try await body(channel.localAddress?.port ?? 0)
            try await channel.close()
            return result
        } catch {
            try? await channel.close()
            throw error
        }
    }

    func take(_ request: Received) -> Answer {
        let count = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        changed.notify()
        return rule(count, request)
    }
}

private final class ReceiverHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let receiver: Receiver
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ receiver: Receiver) { self.receiver = receiver }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part): body += Array(part.readableBytesView)
        case .end:
            guard let head else { return }
            let answer = receiver.take(Receiver.Received(path: head.uri, headers: head.headers, body: body))
            if answer.isSilent { return }
            var reply = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: answer.headers)
            reply.headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.count))
            context.write(wrapOutboundOut(.head(reply)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
