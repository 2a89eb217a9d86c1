/// What the mesh finds out about members, for the membership that it follows.
enum MeshReport: Sendable {
    case verdict(FailureDetector.Verdict)
    /// A peer said who it is and whom it is connected to.
    case named(by: MemberID, [Member])
    /// The others count this incarnation of this very member as down.
    case fenced(incarnation: UInt64)
}

/// What a membership asks of the mesh that follows it.
struct MeshLink: Sendable {
    /// Go on as this incarnation.
    var assume: @Sendable (Member) -> Void
    /// The process of this incarnation is proved to be gone.
    var condemn: @Sendable (MemberID) -> Void
    /// How the connections are.
    var connections: @Sendable () -> [MemberID: ConnectionStatus]
}

/// How the connection to one member is.
struct ConnectionStatus: Sendable {
    /// How long ago bytes came.
    var silence: Duration
    /// The last PING's time there and back.
    var roundTrip: Duration?
}
