import NIOCore

/// One connection: one request at a time.
final class Lane: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let course: Course
    private var context: ChannelHandlerContext?
    private var due: NIODeadline?
    private var received = ByteBuffer()

    init(_ course: Course) { self.course = course }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        course.isFree(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        if let due { course.answer(0, due: due) }
        due = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func send(_ request: ByteBuffer, due: NIODeadline) {
        guard let context else { return course.answer(0, due: due) }
        self.due = due
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard let status = reply(), let due else { return }
        self.due = nil
        course.answer(status, due: due)
        course.isFree(self)
    }

    /// The status of the whole reply; nil while some of it is missing.
    private func reply() -> Int? {
        let view = received.readableBytesView
        // A head is short: looking at it again with each piece costs nothing.
        let text = String(decoding: view.prefix(2048), as: UTF8.self)
        guard let end = text.utf8.split(separator: 13, omittingEmptySubsequences: false).map(\.count).headLength,
            view.count >= end
        else { return nil }
        let lines = text.utf8.prefix(end).split(separator: 10).map { Substring($0).lowercased() }
        let words = (lines.first ?? "").split(separator: " ")
        let length = lines.first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst("content-length:".count).filter(\.isNumber)) }
        guard words.count > 1, let status = Int(words[1]) else { return 0 }
        guard view.count >= end + (length ?? 0) else { return nil }
        received.clear()
        return status
    }
}

extension [Int] {
    /// Where a head ends, given how long the pieces between carriage returns are: an empty line is a piece of one byte.
    fileprivate var headLength: Int? {
        var length = 0
        for (index, count) in enumerated() {
            if index > 0, count == 1, index < self.count - 1 { return length + 3 }
            length += count + 1
        }
        return nil
    }
}
