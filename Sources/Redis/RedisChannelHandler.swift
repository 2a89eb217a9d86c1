import NIOCore

/// Who hears about a connection; called on its event loop.
protocol RedisChannelDelegate: AnyObject, Sendable {
    /// Whether the connection is to end as soon as another server is found to be the one; else only when its own is known
    /// not to be. True of what would not notice by itself.
    var leavesWhenSettled: Bool { get }
    func opened(_ channel: any Channel, generation: Int)
    func received(_ replies: [RedisValue], generation: Int)
    func writabilityChanged(_ writable: Bool, generation: Int)
    /// Once per connect at least, also when it never opened.
    func closed(_ error: RedisError?, generation: Int)
}

/// The thin end of a connection's pipeline: bytes in, replies out.
final class RedisChannelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reader: RedisReader
    private let delegate: any RedisChannelDelegate
    private let generation: Int
    private var error: RedisError?

    init(reader: RedisReader, delegate: any RedisChannelDelegate, generation: Int) {
        self.reader = reader
        self.delegate = delegate
        self.generation = generation
    }

    func channelActive(context: ChannelHandlerContext) {
        delegate.opened(context.channel, generation: generation)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard error == nil else { return }
        var replies: [RedisValue] = []
        do throws(RedisError) {
            try read(unwrapInboundIn(data), into: &replies)
        } catch {
            self.error = error
        }
        // Replies before a broken one still count.
        if !replies.isEmpty { delegate.received(replies, generation: generation) }
        if let error {
            delegate.closed(error, generation: generation)
            context.close(promise: nil)
        }
    }

    private func read(_ buffer: ByteBuffer, into replies: inout [RedisValue]) throws(RedisError) {
        // Typed throws do not pass through ByteBuffer's rethrowing closure.
        let fed = buffer.withUnsafeReadableBytes { bytes in
            Result<Void, RedisError> { () throws(RedisError) in try reader.feed(bytes) }
        }
        try fed.get()
        while let reply = try reader.next() { replies.append(reply) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let dismissal = event as? RedisDismissal else { return context.fireUserInboundEventTriggered(event) }
        // Not awaited: what the former master acknowledges now may be lost with it.
        let reason = "\(dismissal.former) is no longer the server"
        if error == nil { error = RedisError(.connectionLost(maybeApplied: true), reason) }
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        delegate.writabilityChanged(context.channel.isWritable, generation: generation)
    }

    func channelInactive(context: ChannelHandlerContext) {
        delegate.closed(error, generation: generation)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil {
            self.error = RedisError(.connectionLost(maybeApplied: true), String(describing: error))
        }
        context.close(promise: nil)
    }
}
