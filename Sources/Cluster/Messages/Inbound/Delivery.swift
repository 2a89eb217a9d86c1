internal import NIOCore

/// A message on its way to a service.
final class Delivery: Sendable {
    /// Which call it is, among all that come to this member; connection 0 is this member itself.
    struct CallKey: Sendable, Hashable {
        var connection: UInt64
        var number: UInt64
    }

    let message: MeshMessage
    /// After this nobody waits for the answer any more; nil for a cast.
    let deadline: NIODeadline?
    let call: CallKey?
    /// Gets the answer to a call that did not come over a connection.
    private let reply: (@Sendable (Result<[UInt8], MeshError>) -> Void)?
    /// Where it came from; nil when from this member itself.
    let origin: MeshConnection?
    /// What it took of the sender's credit; nil when none is counted.
    let size: Int?

    /// From this member itself.
    init(
        _ message: MeshMessage, deadline: NIODeadline? = nil, call: CallKey? = nil,
        reply: (@Sendable (Result<[UInt8], MeshError>) -> Void)? = nil
    ) {
        self.message = message
        self.deadline = deadline
        self.call = call
        self.reply = reply
        origin = nil
        size = nil
    }

    /// Over a connection; the call's number is nil for a cast.
    init(
        _ message: MeshMessage, from origin: MeshConnection, size: Int?, call number: UInt64?, deadline: NIODeadline?
    ) {
        self.message = message
        self.deadline = deadline
        call = number.map { CallKey(connection: origin.number, number: $0) }
        reply = nil
        self.origin = origin
        self.size = size
    }

    var isExpired: Bool { deadline.map { $0 <= .now() } ?? false }

    func answer(_ outcome: Result<[UInt8], MeshError>) {
        if let reply { return reply(outcome) }
        if let origin, let call { origin.reply(call.number, outcome) }
    }

    /// It no longer waits: the sender may send another.
    func handled() {
        if let size { origin?.handled(message.service, size) }
    }
}
