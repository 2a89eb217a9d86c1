import Logging
import RoostAPI
import RoostCluster
import RoostNode
import RoostSysmon

/// Tells a member that runs jobs to claim no more, or to claim again: its mesh service `drain`.
struct DrainOrder: Codable, Sendable {
    /// Whether it is to claim no more.
    var draining: Bool

    static let service = "drain"
    static let patience = Duration.seconds(3)

    /// What the member does then.
    struct State: Codable, Sendable {
        var draining: Bool
        /// Jobs it still runs.
        var busy: Int

        /// In a sentence.
        func sentence(_ node: String) -> String {
            guard draining else { return "\(node) claims jobs" }
            let rest = busy == 0 ? "it runs none" : busy == 1 ? "1 still runs" : "\(busy) still run"
            return "\(node) claims no more jobs; \(rest)"
        }
    }

    /// Does it here.
    func apply(to node: NodeService) -> State {
        if draining { node.quiet() } else { node.resume() }
        let status = node.status
        return State(draining: status.isDraining, busy: status.busy)
    }

    /// Offers the service where jobs are run.
    static func register(_ node: NodeService, at station: Station, logger: Logger) throws(MeshError) {
        try station.mesh.services.register(service) { [weak station] (order: DrainOrder, sender: MemberID) in
            logger.notice(
                order.draining ? "told to claim no more" : "told to claim again", metadata: ["by": "\(sender.name)"])
            defer { station?.announce() }
            return order.apply(to: node)
        }
    }
}

extension Station {
    /// Has a member of the cluster, or this process, claim no more jobs or claim again.
    ///
    /// Throws `MeshError.noService` for one that runs no jobs.
    func order(_ order: DrainOrder, to name: MemberName) async throws(MeshError) -> DrainOrder.State {
        guard name == me.name else {
            return try await mesh.call(
                name, DrainOrder.service, encoding: order, as: DrainOrder.State.self, timeout: DrainOrder.patience)
        }
        guard let node = report.node else { throw .noService }
        defer { announce() }
        return order.apply(to: node)
    }

    /// The same for the screen; says what came of it.
    func drain(_ node: String, _ isDraining: Bool) async throws -> String {
        guard let name = MemberName(node) else { throw APIFault(description: "\(node) is no name of a member") }
        do throws(MeshError) {
            return try await order(DrainOrder(draining: isDraining), to: name).sentence(node)
        } catch .noService {
            throw APIFault(description: "\(node) runs no jobs")
        } catch {
            throw APIFault(description: MeshText.sentence(error))
        }
    }

    /// The same for the API.
    var control: NodeControl {
        NodeControl { text, isDraining in
            guard let name = MemberName(text), self.snapshot.members.contains(where: { $0.member.name == name }) else {
                return .unknown
            }
            do throws(MeshError) {
                let state = try await self.order(DrainOrder(draining: isDraining), to: name)
                return .isDraining(state.draining, busy: state.busy)
            } catch .noService {
                return .runsNoJobs
            } catch {
                return .silent(MeshText.sentence(error))
            }
        }
    }
}
