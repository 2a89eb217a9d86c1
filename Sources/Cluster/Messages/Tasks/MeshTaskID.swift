/// A task spawned at a member.
public struct MeshTaskID: Sendable, Hashable {
    /// Where it runs, and in which life of that member.
    public let member: MemberID
    /// Its number there.
    public let number: UInt64
}

extension MeshTaskID: CustomStringConvertible {
    /// `role@host:port#incarnation/number`
    public var description: String { "\(member)/\(number)" }
}
