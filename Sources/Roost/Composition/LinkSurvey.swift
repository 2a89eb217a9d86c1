import FoundationEssentials
import RoostCluster
import RoostSysmon

/// Asks every member whom it is connected to: what the console draws.
struct LinkSurvey: Sendable {
    let station: Station

    /// More could not be told apart in a picture.
    private static let mostMembers = 60
    private static let patience = Duration.seconds(1)

    private struct Facts: Decodable {
        let connected: [String]
    }

    /// The links of those who answered in time.
    func run() async -> [MemberLinks] {
        let names = station.snapshot.up.map(\.member.name).filter { $0.role != .shell }.prefix(Self.mostMembers)
        return await withTaskGroup(of: MemberLinks?.self) { group in
            for name in names { group.addTask { await links(of: name) } }
            return await group.reduce(into: []) { links, some in if let some { links.append(some) } }
                .sorted { $0.name < $1.name }
        }
    }

    private func links(of name: MemberName) async -> MemberLinks? {
        let mesh = station.mesh
        if name == station.me.name {
            let connected = mesh.peers.filter(\.isConnected).map(\.member.name.description)
            return MemberLinks(name: name.description, connected: connected)
        }
        guard let reply = try? await mesh.call(name, "mesh", [], timeout: Self.patience),
            let facts = try? JSONDecoder().decode(Facts.self, from: Data(reply))
        else { return nil }
        return MemberLinks(name: name.description, connected: facts.connected)
    }
}
