import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 on a connection that guards itself.
struct ConnectionChannel: ServerChildChannel {
    /// A connection, and when its request came.
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel.Value
        let arrival: RequestArrival

        var channel: any Channel { http.channel }
    }

    private let responder: HTTPChannelHandler.Responder
    private let http: HTTP1Channel
    private let limits: ConnectionLimits
    private let metrics: APIMetrics

    init(_ responder: @escaping HTTPChannelHandler.Responder, limits: ConnectionLimits, metrics: APIMetrics) {
        self.responder = responder
        self.limits = limits
        self.metrics = metrics
        let configuration = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ReplyWatch()],
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
                maxHeaderFieldCount: limits.headFields))
        http = HTTP1Channel(responder: responder, configuration: configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let arrival = RequestArrival()
        do {
            try channel.pipeline.syncOperations.addHandler(
                ConnectionHandler(limits: limits, metrics: metrics, arrival: arrival))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return http.setup(channel: channel, logger: logger).map { Value(http: $0, arrival: arrival) }
    }

    func handle(value: Value, logger: Logger) async {
        let (responder, metrics, limits, arrival) = (responder, metrics, limits.admission, value.arrival)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                guard metrics.admission.start(arrival, limits) else {
                    metrics.connections.refused(.overload)
                    let refusal = Overload.response(to: request.method)
                    return try await writer.write(response: refusal.head, body: refusal.body)
                }
                try await responder(request, writer, channel)
            }, configuration: http.configuration)
        await http.handle(value: value.http, logger: logger)
    }
}
