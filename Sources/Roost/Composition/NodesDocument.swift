import FoundationEssentials
import RoostCluster
import RoostJobs
import RoostSysmon

/// `GET /nodes`: the members as this process believes them to be.
enum NodesDocument {
    private struct Row: Encodable {
        let name: String
        let role: String
        let roles: [String]
        let state: String
        let stateAge: Double?
        let link: String?
        let incarnation: String
        let version: String
        let startedAt: String
        let heartbeatAge: Double
        let roundTrip: Double?
        let peers: Int?
        let slots: Int
        let busy: Int
        let processed: Int
        let failed: Int
        let http: String?
        let console: String?
        let memory: Int?
        let duties: [DutyReport]

        enum CodingKeys: String, CodingKey {
            case name, role, roles, state, incarnation, version, slots, busy, processed, failed, http, console, duties
            case link, peers
            case stateAge = "state_age"
            case memory = "memory_bytes"
            case roundTrip = "round_trip_ms"
            case startedAt = "started_at"
            case heartbeatAge = "heartbeat_age"
        }
    }

    static func json(_ snapshot: MembershipSnapshot) -> [UInt8] {
        let rows = snapshot.members.map { entry in
            let (state, since): (String, ContinuousClock.Instant?) =
                switch entry.state {
                case .up: (entry.report.draining ? "draining" : "up", nil)
                case .lost(let since): ("lost", since)
                case .left(let since): ("left", since)
                }
            return Row(
                name: entry.member.name.description, role: entry.member.role.rawValue,
                roles: entry.member.roles.map(\.rawValue), state: state,
                stateAge: since.map { max(0, (snapshot.taken - $0).inSeconds) },
                link: NodeLink(entry.link)?.rawValue, incarnation: String(entry.member.incarnation),
                version: entry.member.version,
                startedAt: Timestamp(microseconds: entry.member.startedMicroseconds).rfc3339,
                heartbeatAge: entry.heartbeatAge.inSeconds,
                roundTrip: entry.roundTrip.map(MeshText.thousandths), peers: entry.connections,
                slots: entry.report.slots, busy: entry.report.busy,
                processed: entry.report.processed, failed: entry.report.failed, http: entry.report.httpAddress,
                console: entry.report.consoleAddress,
                memory: entry.report.rssBytes > 0 ? entry.report.rssBytes : nil, duties: entry.report.duties)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(rows)).map { Array($0) } ?? Array("[]".utf8)
    }
}
