import HTTPTypes
import Hummingbird
import RoostAPI
import RoostJobs
import Synchronization
import Testing

@Suite("draining a node")
struct NodeRoutesTests {
    /// The orders that were given, and what members answer.
    private final class Cluster: Sendable {
        let orders = Mutex<[String]>([])

        func answer(_ node: String, _ isDraining: Bool) -> NodeControl.Answer {
            orders.withLock { $0.append("\(node) \(isDraining)") }
            return switch node {
            case "worker@127.0.0.1:4370", "worker@[::1]:4370": .isDraining(isDraining, busy: 2)
            case "worker@127.0.0.1:4371": .isDraining(true, busy: 0)
            case "api@127.0.0.1:4372": .runsNoJobs
            case "worker@127.0.0.1:4373": .silent("no answer in time")
            default: .unknown
            }
        }
    }

    private let cluster = Cluster()
    private var rig: APIRig {
        var rig = APIRig()
        let cluster = cluster
        rig.control = NodeControl { cluster.answer($0, $1) }
        return rig
    }

    @Test("a node is told, by its name as it is or escaped, and the reply says how many jobs it still runs")
    func told() async throws {
        let drained = try await rig.post("/nodes/worker@127.0.0.1:4370/drain", "")
        #expect(drained.status == 200, "\(drained.text)")
        #expect(drained.text == #"{"node":"worker@127.0.0.1:4370","draining":true,"busy":2}"#)
        let back = try await rig.post("/nodes/worker%40%5B%3A%3A1%5D%3A4370/undrain", "")
        #expect(back.text == #"{"node":"worker@[::1]:4370","draining":false,"busy":2}"#)
        #expect(cluster.orders.withLock { $0 } == ["worker@127.0.0.1:4370 true", "worker@[::1]:4370 false"])
    }

    @Test("who cannot be told is refused with the reason")
    func refused() async throws {
        for (path, status) in [
            ("nobody/drain", 404), ("%FF/drain", 404), ("api@127.0.0.1:4372/drain", 409),
            ("worker@127.0.0.1:4371/undrain", 409), ("worker@127.0.0.1:4373/drain", 503),
        ] {
            let reply = try await rig.post("/nodes/\(path)", "")
            #expect(reply.status == status, "\(path): \(reply.text)")
            #expect(try reply.string("error") != nil)
        }
        #expect(try await rig.post("/nodes/worker@127.0.0.1:4373/drain", "").header("Retry-After") == "2")
        #expect(try await rig.get("/nodes/worker@127.0.0.1:4370/drain").status == 405)
    }

    @Test("without anybody to ask there is no such node")
    func nobody() async throws {
        #expect(try await APIRig().post("/nodes/worker@127.0.0.1:4370/drain", "").status == 404)
    }

    @Test("it is written to the audit log, with the node it was about")
    func audited() async throws {
        let rig = rig
        _ = try await rig.post("/nodes/worker@127.0.0.1:4370/drain", "")
        let entry = try #require(try await rig.store.entries(of: "audit", before: nil, limit: 1).first)
        let fields = try JSONScanner.parseObject(entry.body)
        #expect(fields["action"]?.string == "drainNode" && fields["target"]?.string == "worker@127.0.0.1:4370")
    }
}
