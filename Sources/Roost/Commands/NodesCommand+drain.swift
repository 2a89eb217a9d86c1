import ArgumentParser
import RoostCluster
import RoostJobs

extension NodesCommand {
    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a node claim no more jobs; what runs goes on, and the process stays.",
            discussion: """
                Stop the process when it is idle, or have it claim again with `roost nodes undrain`. One that starts again
                claims. With --store or --registry it joins the cluster and tells the node itself; else it asks the API.
                """)
        @OptionGroup var target: DrainTarget

        func run() async throws { try await target.tell(DrainOrder(draining: true)) }
    }

    struct Undrain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Have a drained node claim jobs again.")
        @OptionGroup var target: DrainTarget

        func run() async throws { try await target.tell(DrainOrder(draining: false)) }
    }
}

/// The node that is told, and on which way.
struct DrainTarget: ParsableArguments {
    @Argument(help: "The member, or a part of its name that no other has.") var name: String
    @OptionGroup var access: ClusterAccess

    func tell(_ order: DrainOrder) async throws {
        guard access.isOfCluster else { return try await ask(order) }
        try await Visit.run(access.options) { station, _ in
            let member = try NodeNames.resolve(name, in: station.snapshot)
            do throws(MeshError) {
                show(try await station.order(order, to: member), member.description)
            } catch .noService {
                throw Failure(.badInput, "\(member) runs no jobs")
            } catch {
                throw MeshText.failure(error, member.description)
            }
        }
    }

    private func ask(_ order: DrainOrder) async throws {
        let client = access.client
        let nodes = try JSONArray.objects(try await client.get("/nodes").checked().body)
        let isPresent = nodes.filter { $0["state"]?.string != "left" }
        let member = try NodeNames.resolve(name, among: isPresent.compactMap { $0["name"]?.string })
        let verb = order.draining ? "drain" : "undrain"
        let reply = try await client.post("/nodes/\(PathSegment.escaped(member))/\(verb)").checked()
        let state = DrainOrder.State(
            draining: reply.object?["draining"]?.bool ?? order.draining, busy: reply.object?["busy"]?.int ?? 0)
        show(state, member)
    }

    private func show(_ state: DrainOrder.State, _ node: String) {
        guard access.json else { return Console.print(state.sentence(node)) }
        var members = JSONMembers()
        members.add("node", node)
        members.add("draining", state.draining)
        members.add("busy", state.busy)
        Console.print(members.bytes)
    }
}
