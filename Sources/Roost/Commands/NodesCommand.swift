import ArgumentParser
import FoundationEssentials
import RoostCluster
import RoostJobs

struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Who is in the cluster; ask them.",
        subcommands: [List.self, Ping.self, Call.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the members, as the API sees them, or as a member does.",
            discussion: """
                With --store or --registry it joins the cluster and looks itself; else it asks the API (--api).
                LINK is what the one who looks finds on its own connection: connected, suspect, indirect (only others
                reach it), unreached, dead (its process is gone) or down (given up, it may still be at work).
                """)
        @Option(help: "The API to ask; ROOST_API, then http://127.0.0.1:4000.") var api: String?
        @Flag(help: "Print JSON.") var json = false
        @OptionGroup var options: SettingsOptions

        func run() async throws {
            guard api == nil, isOfCluster else {
                var client = ClientOptions()
                (client.api, client.json) = (api, json)
                return try show(try await APIClient(options: client).get("/nodes").checked().body)
            }
            try await Visit.run(options) { station, _ in try show(NodesDocument.json(station.snapshot)) }
        }

        /// Whether it was said which cluster to join.
        private var isOfCluster: Bool {
            let environment = ProcessInfo.processInfo.environment
            let given = options.store ?? options.registry ?? options.config
            if given != nil { return true }
            return environment["ROOST_API"] == nil
                && (environment["ROOST_STORE"] != nil || environment["ROOST_REGISTRY"] != nil)
        }

        private func show(_ document: [UInt8]) throws(Failure) {
            if json { return Console.print(document) }
            Console.print(try NodeTable.text(document))
        }
    }
}
