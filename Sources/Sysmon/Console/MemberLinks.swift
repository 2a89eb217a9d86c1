import FoundationEssentials

/// Whom one member of the cluster is connected to, as it says itself.
public struct MemberLinks: Codable, Sendable, Equatable {
    /// The member's name.
    public var name: String
    /// The names of those it is connected to.
    public var connected: [String]

    /// Joins the parts.
    public init(name: String, connected: [String]) {
        self.name = name
        self.connected = connected
    }
}
