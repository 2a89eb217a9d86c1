import NIOCore
import NIOPosix
import Synchronization

/// A server that answers each chunk of bytes with whatever the test says: for what no real Redis would send.
final class FakeServer: Sendable {
    /// Which connection and which chunk on it, both from 1, and the chunk's text; nil closes the connection.
    typealias Answer = @Sendable (_ connection: Int, _ chunk: Int, _ text: String) -> String?

    private let channel: any Channel
    var url: String { "redis://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    static func start(_ answer: @escaping Answer) async throws -> FakeServer {
        let counter = Counter()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(counter.next(), answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeServer(channel: channel)
    }

    private init(channel: any Channel) { self.channel = channel }

    deinit { channel.close(promise: nil) }

    private final class Counter: Sendable {
        private let value = Atomic(0)
        func next() -> Int { value.add(1, ordering: .relaxed).newValue }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let connection: Int
        private let answer: Answer
        private var chunks = 0

        init(_ connection: Int, _ answer: @escaping Answer) {
            self.connection = connection
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            chunks += 1
            let text = String(buffer: unwrapInboundIn(data))
            guard let reply = answer(connection, chunks, text) else {
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(NIOAny(ByteBuffer(string: reply)), promise: nil)
        }
    }
}
