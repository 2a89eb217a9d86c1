/// How the connection to one member is.
public struct MeshPeerStatus: Sendable, Hashable {
    /// Who it is.
    public let member: MemberID
    /// The roles it named.
    public let roles: [MemberRole]
    /// Whether a connection stands; false for a member that is being dialled.
    public let isConnected: Bool
    /// The last PING's time there and back; nil before the first.
    public let roundTrip: Duration?
}

/// A change in who is connected.
public enum MeshEvent: Sendable, Hashable {
    /// Messages can be sent to it.
    case connected(MemberID)
    /// Its connection ended; it is dialled again while it is a member.
    case disconnected(MemberID)
}
