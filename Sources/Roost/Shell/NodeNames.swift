import RoostCluster

/// Members as they are typed: by name, or by any part of it that only one of them has.
enum NodeNames {
    static func resolve(_ text: String, in snapshot: MembershipSnapshot) throws(Failure) -> MemberName {
        if let name = MemberName(text) { return name }
        let names = snapshot.up.map(\.member.name)
        let matches = names.filter { contains($0.description, text) }
        if let name = matches.first, matches.count == 1 { return name }
        throw Failure(
            .notFound,
            matches.isEmpty
                ? "\(text): no such node; a node is role@host:port, or a part of that"
                : "\(text): \(matches.map(\.description).joined(separator: " or "))?")
    }

    private static func contains(_ name: String, _ part: String) -> Bool {
        var rest = name.utf8[...]
        guard !part.isEmpty else { return false }
        while !rest.isEmpty {
            if rest.starts(with: part.utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
