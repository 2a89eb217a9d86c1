import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RoostJobs
import Synchronization

/// Posts to receivers: looks the name up once, refuses what deliveries may not reach, connects to the very address that
/// was checked, follows no redirect, and gives up in time. A connection of its own for each delivery.
final class WebhookPost: Sendable {
    private let group: any EventLoopGroup
    private let rules: WebhookRules
    private let lookup: HostLookup
    private let trust: TLSConfiguration
    private let context = Mutex<NIOSSLContext?>(nil)

    /// Addresses of a name that are tried, one after the other.
    private static let mostAddresses = 3

    init(
        rules: WebhookRules, group: any EventLoopGroup, lookup: HostLookup = HostLookup(),
        trust: TLSConfiguration = .makeClientConfiguration()
    ) {
        self.rules = rules
        self.group = group
        self.lookup = lookup
        self.trust = trust
    }

    /// Posts `body` and returns what the receiver answered, or why it did not.
    func send(to url: WebhookURL, headers: HTTPHeaders, body: [UInt8]) async -> Result<PostAnswer, PostFault> {
        let guardian = WebhookGuard(allowsPrivate: rules.allowsPrivate)
        if let fault = guardian.fault(url) { return .failure(.refused("the address \(fault)")) }
        let loop = group.next()
        let answer = loop.makePromise(of: PostAnswer.self)
        let found = within(rules.connectTimeout, "the name could not be looked up in time", on: loop) {
            self.lookup.addresses(of: url, on: loop)
        }
        let connected = found.flatMap { addresses -> EventLoopFuture<any Channel> in
            if let fault = guardian.fault(addresses) {
                return loop.makeFailedFuture(PostFault.refused("\(url.host) \(fault)"))
            }
            return self.connect(addresses.prefix(Self.mostAddresses), url, headers, body, answer, on: loop)
        }
        connected.whenSuccess { channel in answer.futureResult.whenComplete { _ in channel.close(promise: nil) } }
        connected.whenFailure { answer.fail($0) }
        let deadline = loop.scheduleTask(in: TimeAmount(rules.timeout)) {
            answer.fail(PostFault.failed("the receiver did not answer within \(self.rules.timeout.inSeconds) s"))
        }
        answer.futureResult.whenComplete { _ in deadline.cancel() }
        do {
            return .success(
                try await withTaskCancellationHandler {
                    try await answer.futureResult.get()
                } onCancel: {
                    answer.fail(PostFault.failed("called off"))
                })
        } catch {
            return .failure(error as? PostFault ?? .failed("the receiver cannot be reached: \(error)"))
        }
    }

    /// Tries one address after the other until one lets itself be connected to.
    private func connect(
        _ addresses: ArraySlice<ReceiverAddress>, _ url: WebhookURL, _ headers: HTTPHeaders, _ body: [UInt8],
        _ answer: EventLoopPromise<PostAnswer>, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        guard let address = addresses.first else { return loop.makeFailedFuture(PostFault.refused("no address")) }
        let rest = addresses.dropFirst()
        let attempt = connect(to: address, url, headers, body, answer, on: loop)
        if rest.isEmpty { return attempt }
        return attempt.flatMapError { _ in self.connect(rest, url, headers, body, answer, on: loop) }
    }

    private func connect(
        to address: ReceiverAddress, _ url: WebhookURL, _ headers: HTTPHeaders, _ body: [UInt8],
        _ answer: EventLoopPromise<PostAnswer>, on loop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: url.target, headers: headers)
        head.headers.add(name: "Host", value: url.authority)
        head.headers.add(name: "Content-Length", value: String(body.count))
        head.headers.add(name: "Connection", value: "close")
        let (request, limit) = (head, rules.answerBytes)
        do {
            let socket = try SocketAddress(packedIPAddress: ByteBuffer(bytes: address.bytes), port: url.port)
            let context = url.isSecure ? try tls() : nil
            return ClientBootstrap(group: loop)
                .connectTimeout(TimeAmount(rules.connectTimeout))
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let context {
                            // An address has no name to send; its certificate is checked against the address.
                            let name = url.address == nil ? url.host : nil
                            try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name))
                        }
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(
                            PostHandler(head: request, body: ByteBuffer(bytes: body), limit: limit, promise: answer))
                    }
                }
                .connect(to: socket)
        } catch {
            return loop.makeFailedFuture(PostFault.failed("cannot connect: \(error)"))
        }
    }

    /// Made once: reading the authorities that are trusted takes a while.
    private func tls() throws -> NIOSSLContext {
        try context.withLock { context in
            if let context { return context }
            var configuration = trust
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            let new = try NIOSSLContext(configuration: configuration)
            context = new
            return new
        }
    }

    /// What `start` gives, or a fault when it takes longer.
    private func within<Value: Sendable>(
        _ limit: Duration, _ text: String, on loop: any EventLoop, _ start: () -> EventLoopFuture<Value>
    ) -> EventLoopFuture<Value> {
        let promise = loop.makePromise(of: Value.self)
        let timer = loop.scheduleTask(in: TimeAmount(limit)) { promise.fail(PostFault.failed(text)) }
        start().cascade(to: promise)
        promise.futureResult.whenComplete { _ in timer.cancel() }
        return promise.futureResult
    }
}
