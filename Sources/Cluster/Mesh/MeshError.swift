/// Why a message to another member did not go the way it should.
public enum MeshError: Error, Sendable, Hashable {
    /// No connection to that member stands.
    case notConnected
    /// The member named is gone: its name belongs to another incarnation now.
    case nodeDown
    /// The connection broke. A call that was under way may or may not have been carried out.
    case connectionLost(maybeDelivered: Bool)
    /// No answer in time. The call may or may not have been carried out.
    case timeout
    /// Too much is waiting for that member, or at it for that service.
    case overloaded
    /// The body is beyond the limit of this side or of the peer, in bytes.
    case tooLarge(limit: Int)
    /// No service of that name is registered there.
    case noService
    /// The service does not take messages from members of this one's roles.
    case forbidden
    /// The body is not what the service takes, or the reply not what the caller expects.
    case undecodable
    /// The peer does not know this kind of message.
    case unsupported
    /// The service failed: its own code and a message of printable ASCII.
    case remote(code: UInt16, message: String)
    /// The connection was refused.
    case rejected(HandshakeReject)
    /// The address could not be reached.
    case unreachable(String)
    /// The name, body or configuration cannot be used.
    case invalid(String)
    /// The caller was cancelled. The call may or may not be carried out.
    case cancelled
}

/// What a service throws to tell its caller more than that it failed.
public struct MeshServiceFailure: Error, Sendable, Hashable {
    /// A number of the service's own.
    public var code: UInt16
    /// For people: printable ASCII, at most 1024 bytes; the rest is cut.
    public var message: String

    /// Joins the parts.
    public init(code: UInt16, message: String) {
        self.code = code
        self.message = message
    }
}
