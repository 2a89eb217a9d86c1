import NIOCore
import NIOHTTPTypes

/// What a connection is told by those behind it in its pipeline.
enum ConnectionEvent: Sendable {
    /// The reply that comes next says that the connection closes.
    case replyCloses
    /// The reply that comes next holds so many bytes, which are counted already.
    case replyHolds(Int)
    /// A reply is written.
    case answered
    /// The request that is under way takes its time: it wants to hear when its client hangs up.
    case watch(ClientPresence)
}

/// Tells the connection where replies end: behind the encoder they are bytes like any others.
final class ReplyWatch: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        if case .end = part { context.triggerUserOutboundEvent(ConnectionEvent.answered, promise: nil) }
    }
}
