import ArgumentParser
import RoostJobs

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue", abstract: "Look at queues, pause and limit them. '*' stands for all together.",
        subcommands: [List.self, Pause.self, Resume.self, Set.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List queues with their jobs and limits.")
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/queues").checked()
            if client.json { return Console.print(reply.body) }
            for queue in try JSONArray.objects(reply.body) { Console.print(QueueText.row(queue)) }
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start no more jobs of a queue; what runs goes on.")
        @Argument(help: "The queue, or '*'.") var queue: String
        @OptionGroup var client: ClientOptions

        func run() async throws { try await QueueCommand.post(queue, "pause", client) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start a queue's jobs again.")
        @Argument(help: "The queue, or '*'.") var queue: String
        @OptionGroup var client: ClientOptions

        func run() async throws { try await QueueCommand.post(queue, "resume", client) }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Limit a queue in the whole cluster.",
            discussion: "roost queue set media --concurrency 4 --rate 30/m --clear quota")

        enum Limit: String, ExpressibleByArgument, CaseIterable {
            case concurrency, rate, quota
            case tenantConcurrency = "tenant-concurrency"
            case tenantRate = "tenant-rate"

            var key: String { rawValue.split(separator: "-").joined(separator: "_") }
        }

        @Argument(help: "The queue, or '*'.") var queue: String
        @Option(help: "Jobs that run at once.") var concurrency: Int?
        @Option(help: "Jobs that start in a time: 30/m, 5/10s, 1000/h.") var rate: String?
        @Option(help: "Jobs of one tenant that run at once.") var tenantConcurrency: Int?
        @Option(help: "Jobs of one tenant that start in a time.") var tenantRate: String?
        @Option(help: "Jobs that wait; more are refused.") var quota: Int?
        @Option(help: "Whether jobs given from now on are found by tags and searchable fields: true or false.")
        var searchable: Bool?
        @Option(help: "A limit to take away; may be given again.") var clear: [Limit] = []
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var body = JSONMembers()
            body.add("concurrency", concurrency)
            body.add("rate", rate)
            body.add("tenant_concurrency", tenantConcurrency)
            body.add("tenant_rate", tenantRate)
            body.add("quota", quota)
            body.add("searchable", searchable)
            for limit in Limit.allCases where clear.contains(limit) {
                body.add(limit.key, json: Array("null".utf8))
            }
            guard !body.isEmpty else { throw Failure(.usage, "nothing to set: see roost queue set --help") }
            let path = "/queues/\(try PathSegment.name(queue, "queue", all: true))"
            let reply = try await APIClient(options: client).patch(path, body.bytes).checked()
            try QueueCommand.show(reply, client)
        }
    }

    private static func post(_ queue: String, _ verb: String, _ client: ClientOptions) async throws {
        let path = "/queues/\(try PathSegment.name(queue, "queue", all: true))/\(verb)"
        try show(try await APIClient(options: client).post(path).checked(), client)
    }

    private static func show(_ reply: APIClient.Reply, _ client: ClientOptions) throws(Failure) {
        guard !client.json, let queue = reply.object else { return Console.print(reply.body) }
        Console.print("\(JobText.field(queue, "queue"))  \(QueueText.settings(queue))")
    }
}
