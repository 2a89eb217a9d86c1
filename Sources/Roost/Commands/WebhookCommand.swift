import ArgumentParser
import RoostJobs

struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook", abstract: "Who outside is told how jobs end.",
        subcommands: [
            List.self, Get.self, Add.self, Set.self, Remove.self, Test.self, Deliveries.self, Redeliver.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List webhooks.")
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/webhooks").checked()
            if client.json { return Console.print(reply.body) }
            for webhook in try JSONArray.objects(reply.body) { Console.print(WebhookText.row(webhook)) }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one webhook.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            WebhookText.show(try await APIClient(options: client).get(try WebhookCommand.path(id)).checked(), client)
        }
    }

    /// What a webhook is told of.
    struct Filter: ParsableArguments {
        @Option(
            name: .customLong("event"), help: "job.done, job.failed or job.cancelled; again for more, none for all.")
        var events: [String] = []
        @Option(name: .customLong("type"), help: "Only jobs of this type; again for more.") var types: [String] = []
        @Option(name: .customLong("queue"), help: "Only jobs of this queue; again for more.") var queues: [String] = []
        @Option(name: .customLong("tag"), help: "Only jobs with this tag; again for more.") var tags: [String] = []
        @Option(help: "What it is for.") var note: String?

        func add(to body: inout JSONMembers) {
            body.add("note", note)
            body.add("events", events)
            body.add("types", types)
            body.add("queues", queues)
            body.add("tags", tags)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have an address told how jobs end. Prints the secret, which is shown this once.",
            discussion: """
                roost webhook add https://hooks.example.org/roost --event job.failed --queue media
                """)

        @Argument(help: "Where deliveries are posted: https://…") var url: String
        @OptionGroup var filter: Filter
        @Flag(help: "Not yet: it is told after `roost webhook set ID --enable`.") var disabled = false
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var body = JSONMembers()
            body.add("url", url)
            filter.add(to: &body)
            if disabled { body.add("enabled", false) }
            WebhookText.show(try await APIClient(options: client).post("/webhooks", body.bytes).checked(), client)
        }
    }

    static func path(_ id: String, _ rest: String = "") throws(Failure) -> String {
        "/webhooks/\(try PathSegment.id(id, "webhook"))\(rest)"
    }
}
