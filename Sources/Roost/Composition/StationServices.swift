import FoundationEssentials
import RoostCluster

/// What every process answers to the members of its cluster.
///
/// - `echo` answers with the body it got.
/// - `whoami` answers with the member's name.
/// - `mesh` answers with what its mesh has seen, as JSON: `MeshFacts`.
enum StationServices {
    /// What `mesh` answers.
    struct MeshFacts: Encodable {
        let name: String
        let incarnation: String
        let connected: [String]
        let services: [String]
        let tasks: [String]
        let groups: [String]
        let established: Int
        /// Connections refused by either side, by reason.
        let rejected: [String: Int]
        let malformed: Int
        let framesReceived: Int
        let framesSent: Int

        enum CodingKeys: String, CodingKey {
            case name, incarnation, connected, services, tasks, groups, established, rejected, malformed
            case framesReceived = "frames_received"
            case framesSent = "frames_sent"
        }
    }

    /// Offers them; throws `MeshError.invalid` when a name is taken.
    static func register(on mesh: Mesh) throws(MeshError) {
        try mesh.services.register("echo", concurrency: 16) { $0.body }
        try mesh.services.register("whoami") { [weak mesh] _ in mesh.map { Array($0.me.name.description.utf8) } }
        try mesh.services.register("mesh") { [weak mesh] _ in
            guard let mesh else { return nil }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(facts(mesh)))
        }
    }

    private static func facts(_ mesh: Mesh) -> MeshFacts {
        let counters = mesh.counters
        let rejected = counters.rejected.map { ("\($0.key)", $0.value) }
        return MeshFacts(
            name: mesh.me.name.description, incarnation: String(mesh.me.incarnation),
            connected: mesh.peers.filter(\.isConnected).map(\.member.name.description),
            services: mesh.services.names, tasks: mesh.services.taskNames, groups: mesh.groupNames,
            established: counters.established, rejected: Dictionary(uniqueKeysWithValues: rejected),
            malformed: counters.malformed, framesReceived: counters.framesReceived, framesSent: counters.framesSent)
    }
}
