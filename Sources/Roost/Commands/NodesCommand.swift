import ArgumentParser
import RoostCluster
import RoostJobs

struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Who is in the cluster; ask them, drain them.",
        subcommands: [List.self, Ping.self, Call.self, Drain.self, Undrain.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the members, as the API sees them, or as a member does.",
            discussion: """
                With --store or --registry it joins the cluster and looks itself; else it asks the API (--api).
                LINK is what the one who looks finds on its own connection: connected, suspect, indirect (only others
                reach it), unreached, dead (its process is gone) or down (given up, it may still be at work).
                """)
        @OptionGroup var access: ClusterAccess

        func run() async throws {
            guard access.isOfCluster else { return try show(try await access.client.get("/nodes").checked().body) }
            try await Visit.run(access.options) { station, _ in try show(NodesDocument.json(station.snapshot)) }
        }

        private func show(_ document: [UInt8]) throws(Failure) {
            if access.json { return Console.print(document) }
            Console.print(try NodeTable.text(document))
        }
    }
}
