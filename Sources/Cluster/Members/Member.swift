import Glibc

/// A process of the cluster: who it is, for as long as it lives. What changes while it lives is in `MemberReport`.
public struct Member: Sendable, Hashable {
    /// Its name and incarnation.
    public let id: MemberID
    /// Everything it does; more than its name's role for a process that is several things at once.
    public let roles: [MemberRole]
    /// When it started: microseconds since 1970 by its own clock.
    public let startedMicroseconds: Int64
    /// The version of its program: printable ASCII, at most 64 bytes.
    public let version: String

    /// Its name.
    public var name: MemberName { id.name }
    /// Which life of that name.
    public var incarnation: UInt64 { id.incarnation }
    /// The role its name says.
    public var role: MemberRole { id.name.role }
    /// Where others reach it.
    public var host: String { id.name.host }
    /// The TCP port of its mesh.
    public var meshPort: Int { id.name.port }

    /// Joins the parts; a version that is not printable ASCII is cleaned, roles are sorted and their own role added.
    public init(
        name: MemberName, incarnation: UInt64 = MemberID.freshIncarnation(), roles: [MemberRole] = [],
        startedMicroseconds: Int64? = nil, version: String
    ) {
        self.id = MemberID(name: name, incarnation: incarnation)
        self.roles = Set(roles + [name.role]).sorted { $0.rawValue < $1.rawValue }
        self.startedMicroseconds = startedMicroseconds ?? Self.wallClock()
        self.version = PlainText.line(version, limit: Self.longestVersion)
    }

    static let longestVersion = 64

    private static func wallClock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
    }
}
