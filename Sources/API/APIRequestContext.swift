public import Hummingbird
import NIOCore

/// What a route knows of the request beside the request itself.
public struct APIRequestContext: RequestContext {
    /// What Hummingbird keeps of a request.
    public var coreContext: CoreRequestContextStorage
    /// The connection, for closing it after a refused body.
    let channel: any Channel
    /// Who sent the request; set before a route sees it.
    var caller = Caller.stranger

    /// The context of a request that just came.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// For a request that waits for something to happen: its place goes to another, and the client is watched.
    func wait() -> ClientPresence {
        let client = ClientPresence()
        // A server that knows nothing of the event never says that the client has gone.
        channel.triggerUserOutboundEvent(ConnectionEvent.watch(client), promise: nil)
        return client
    }

    /// Has the connection closed after the reply, whatever the client still sends: the reply gets through, an endless
    /// body does not.
    func closeSoon() {
        let channel = channel
        channel.triggerUserOutboundEvent(ConnectionEvent.replyCloses).whenFailure { _ in
            // A server of somebody else's making, which does not know the event.
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
    }
}
