import NIOCore
import NIOHTTP1

/// Sends one request as soon as it is connected and takes the head of the answer. Its body is read, so that the receiver
/// is not cut off, but only up to a limit, and thrown away.
final class PostHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: ByteBuffer
    private let limit: Int
    private let promise: EventLoopPromise<PostAnswer>
    private var answer: PostAnswer?
    private var read = 0

    init(head: HTTPRequestHead, body: ByteBuffer, limit: Int, promise: EventLoopPromise<PostAnswer>) {
        self.head = head
        self.body = body
        self.limit = limit
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let answer = PostAnswer(status: Int(head.status.code), retryAfter: head.headers.first(name: "Retry-After"))
            self.answer = answer
            // Its status is all that matters: a body that does not end is not waited for.
            let promise = promise
            context.eventLoop.scheduleTask(in: .seconds(1)) { promise.succeed(answer) }
        case .body(let part):
            read += part.readableBytes
            if read > limit { finish(context) }
        case .end: finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(PostFault.failed("the receiver closed the connection without an answer"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(PostFault.failed("the connection failed: \(error)"))
        context.close(promise: nil)
    }

    private func finish(_ context: ChannelHandlerContext) {
        end(PostFault.failed("no answer"))
        context.close(promise: nil)
    }

    /// With the answer as far as it came: its status is all that matters. Only the first end counts.
    func end(_ fault: PostFault) {
        if let answer { promise.succeed(answer) } else { promise.fail(fault) }
    }
}
