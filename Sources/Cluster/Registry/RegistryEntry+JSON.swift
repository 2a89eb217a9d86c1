import FoundationEssentials

/// How an entry is written: an identity that stays the same for a life and a report that changes with each beat, two
/// JSON objects, so that a changed load is not taken for a changed member.
extension RegistryEntry {
    /// The version of the identity's format. A reader skips what is newer than it knows.
    static let format = 1
    /// Identity and report are at most this many bytes each.
    static let longestJSON = 16 * 1024
    /// No beat counts for longer, whatever an entry says.
    static let longestTTL: Duration = .seconds(600)

    /// For how long a fenced incarnation is refused.
    static let mourning: Duration = .seconds(3600)

    private struct Identity: Codable {
        var format: Int
        var incarnation: String
        var name: String
        var roles: [String]
        var started: Int64
        var ttl: Int64
        var version: String
    }

    /// Keys sorted: the registry compares identities as text.
    static func identityJSON(of member: Member, ttl: Duration) throws -> [UInt8] {
        let identity = Identity(
            format: format, incarnation: member.id.incarnationText, name: member.name.description,
            roles: member.roles.map(\.rawValue), started: member.startedMicroseconds,
            ttl: ttl.clampedMilliseconds, version: member.version)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(identity))
    }

    static func reportJSON(of report: MemberReport) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(report.clamped()))
    }

    /// Reads an entry of the registry, where anybody may have written anything; nil unless every part is in order.
    init?(name: [UInt8], expiresInMilliseconds: Int64, identity: [UInt8], report: [UInt8]) {
        guard identity.count <= Self.longestJSON, report.count <= Self.longestJSON,
            !PlainText.nests(identity, deeperThan: 8), !PlainText.nests(report, deeperThan: 8),
            let identity = try? JSONDecoder().decode(Identity.self, from: Data(identity)),
            let report = try? JSONDecoder().decode(MemberReport.self, from: Data(report)), report.isValid,
            identity.format == Self.format, Array(identity.name.utf8) == name, identity.roles.count <= 16,
            let memberName = MemberName(identity.name), memberName.description == identity.name,
            let incarnation = MemberID.incarnation(from: identity.incarnation),
            PlainText.isLine(identity.version, limit: Member.longestVersion),
            (1...Self.longestTTL.clampedMilliseconds).contains(identity.ttl), identity.started >= 0
        else { return nil }
        self.init(
            member: Member(
                name: memberName, incarnation: incarnation, roles: identity.roles.compactMap(MemberRole.init),
                startedMicroseconds: identity.started, version: identity.version),
            report: report, ttl: .milliseconds(identity.ttl), expiresIn: .milliseconds(expiresInMilliseconds))
    }
}

extension Duration {
    /// Whole milliseconds; what does not fit becomes the nearest that does.
    var clampedMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, overflowed) = thousands.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || overflowed ? (seconds < 0 ? .min : .max) : sum
    }
}
