import HummingbirdCore
import Logging
import NIOCore

/// What the server tells its connection.
enum ConnectionEvent: Sendable {
    /// The reply that comes next says that the connection closes.
    case replyCloses
    /// A reply is written.
    case answered
    /// The request that is under way takes its time: it wants to hear when its client hangs up.
    case watch(ClientPresence)
}

/// HTTP/1.1 on a connection that guards itself.
struct ConnectionChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let http: HTTP1Channel
    private let limits: ConnectionLimits
    private let meter: ConnectionMeter

    init(_ responder: @escaping HTTPChannelHandler.Responder, limits: ConnectionLimits, meter: ConnectionMeter) {
        self.limits = limits
        self.meter = meter
        let configuration = HTTP1Channel.Configuration(
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                maxHeaderFieldCount: limits.headFields))
        http = HTTP1Channel(
            responder: { request, writer, channel in
                // Written when it returns: events and writes keep their order on the event loop.
                defer { channel.triggerUserOutboundEvent(ConnectionEvent.answered, promise: nil) }
                try await responder(request, writer, channel)
            }, configuration: configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(ConnectionHandler(limits: limits, meter: meter))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return http.setup(channel: channel, logger: logger)
    }

    func handle(value: Value, logger: Logger) async { await http.handle(value: value, logger: logger) }
}
