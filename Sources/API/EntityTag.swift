import RoostJobs

/// Entity tags (RFC 9110, 8.8.3).
enum EntityTag {
    /// Whether an `If-None-Match` list names the tag.
    static func list(_ header: String, contains tag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            var candidate = candidate.drop { $0 == " " }
            while candidate.last == " " { candidate.removeLast() }
            // Weak comparison, as If-None-Match asks.
            return candidate == "*" || (candidate.hasPrefix("W/") ? candidate.dropFirst(2) : candidate) == tag
        }
    }
}

extension JobRecord {
    /// Changes with everything of a job that can change, and is the same on every node: payload and options never
    /// change, result and error only together with one of these.
    var entityTag: String {
        let moments = [runAt, startedAt, finishedAt, expiresAt]
            .map { $0.map { String($0.microseconds, radix: 36) } ?? "" }
        return "\"\(state.rawValue)-\(attempt)-\(crashes)-\(moments.joined(separator: "-"))\""
    }
}
