import NIOCore

/// One connection: one request at a time.
final class Lane: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let course: Course
    private var context: ChannelHandlerContext?
    private var due: NIODeadline?
    private var sent = NIODeadline.now()
    private var received = ByteBuffer()

    init(_ course: Course) { self.course = course }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        course.isFree(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if let due { course.answer(0, due: due, sent: sent) }
        due = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func send(_ request: ByteBuffer, due: NIODeadline) {
        sent = .now()
        guard let context else { return course.answer(0, due: due, sent: sent) }
        self.due = due
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // Mostly it is all there at once.
        if received.readableBytes == 0 { received = bytes } else { received.writeBuffer(&bytes) }
        guard let status = reply(), let due else { return }
        self.due = nil
        course.answer(status, due: due, sent: sent)
        course.isFree(self)
    }

    /// The status of the whole reply; nil while some of it is missing.
    private func reply() -> Int? {
        guard let head = received.withUnsafeReadableBytes({ ReplyHead($0) }) else { return nil }
        guard received.readableBytes >= head.length else { return nil }
        received.clear()
        return head.status
    }
}
