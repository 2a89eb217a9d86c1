import NIOCore
import NIOPosix
import Synchronization

/// The least that could be there: frames of a length and bytes, answered on the event loop in the order they came.
/// What many callers write within one turn of the loop goes out with one flush, as in the mesh.
final class Echo: Sendable {
    private struct Outbox {
        var frames = ByteBuffer()
        var waiters: [CheckedContinuation<ByteBuffer, any Error>] = []
        var isScheduled = false
    }

    private let outbox = Mutex(Outbox())
    private let channel: any Channel

    init(here: any EventLoopGroup, there: any EventLoopGroup) async throws {
        let server = try await ServerBootstrap(group: there)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder()))
                    try channel.pipeline.syncOperations.addHandler(Answer())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let address = server.localAddress else { throw ChannelError.unknownLocalAddress }
        channel = try await ClientBootstrap(group: here)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(FrameDecoder()))
                    try channel.pipeline.syncOperations.addHandler(Replies())
                }
            }
            .connect(to: address).get()
    }

    func call(_ body: [UInt8]) async throws -> ByteBuffer {
        try await withCheckedThrowingContinuation { waiter in
            let schedules = outbox.withLock { outbox in
                outbox.frames.writeInteger(UInt32(body.count))
                outbox.frames.writeBytes(body)
                outbox.waiters.append(waiter)
                defer { outbox.isScheduled = true }
                return !outbox.isScheduled
            }
            if schedules { channel.eventLoop.execute { self.flush() } }
        }
    }

    private func flush() {
        let (frames, waiters) = outbox.withLock { outbox in
            defer { outbox = Outbox() }
            return (outbox.frames, outbox.waiters)
        }
        let replies = try? channel.pipeline.syncOperations.handler(type: Replies.self)
        replies?.waiters.append(contentsOf: waiters)
        channel.writeAndFlush(frames, promise: nil)
    }
}

private struct FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let body = buffer.readLengthPrefixedSlice(as: UInt32.self) else { return .needMoreData }
        context.fireChannelRead(wrapInboundOut(body))
        return .continue
    }
}

private final class Answer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var out = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var body = unwrapInboundIn(data)
        out.writeInteger(UInt32(body.readableBytes))
        out.writeBuffer(&body)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
        out = ByteBuffer()
    }
}

private final class Replies: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var waiters: CircularBuffer<CheckedContinuation<ByteBuffer, any Error>> = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiters.popFirst()?.resume(returning: unwrapInboundIn(data))
    }
}
