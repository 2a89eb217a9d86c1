internal import NIOCore

/// A message on its way to a service.
struct Delivery: Sendable {
    /// Which call it is, among all that come to this member; connection 0 is this member itself.
    struct CallKey: Sendable, Hashable {
        var connection: UInt64
        var number: UInt64
    }

    var message: MeshMessage
    /// After this nobody waits for the answer any more; nil for a cast.
    var deadline: NIODeadline?
    var call: CallKey?
    /// Gets the answer to a call that did not come over a connection.
    var reply: (@Sendable (Result<[UInt8], MeshError>) -> Void)?
    /// Where it came from; nil when from this member itself.
    var origin: MeshConnection?
    /// What it took of the sender's credit; nil when none is counted.
    var size: Int?

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
