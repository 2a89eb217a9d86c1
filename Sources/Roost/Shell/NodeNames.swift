import RoostCluster

/// Members as they are typed: by name, or by any part of it that only one of them has.
enum NodeNames {
    static func resolve(_ text: String, in snapshot: MembershipSnapshot) throws(Failure) -> MemberName {
        if let name = MemberName(text) { return name }
        let names = snapshot.up.map(\.member.name)
        let found = try resolve(text, among: names.map(\.description))
        guard let name = names.first(where: { $0.description == found }) else { throw unknown(text) }
        return name
    }

    /// The one of the names that is meant.
    static func resolve(_ text: String, among names: [String]) throws(Failure) -> String {
        if names.contains(text) { return text }
        let matches = names.filter { contains($0, text) }
        if let name = matches.first, matches.count == 1 { return name }
        throw matches.isEmpty ? unknown(text) : Failure(.notFound, "\(text): \(matches.joined(separator: " or "))?")
    }

    private static func unknown(_ text: String) -> Failure {
        Failure(.notFound, "\(text): no such node; a node is role@host:port, or a part of that")
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
