import ArgumentParser
import RoostJobs

struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Groups of jobs: chains, dependencies, and jobs that follow a group.",
        subcommands: [
            Put.self, Open.self, Add.self, Close.self, Get.self, Jobs.self, Cancel.self,
        ])

    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the cluster a batch from a JSON file.",
            discussion: """
                {"chain":true,"jobs":[{"type":"fetch","payload":{}},{"type":"load","payload":{}}],
                 "on_complete":{"type":"report"}}
                """)
        @Argument(help: "The file, or - for standard input.") var file: String
        @Option(help: "A name for this request: given again with the same file, it is the same batch.")
        var idempotencyKey: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let body = try JSONSource.file(file, what: "the batch")
            let reply = try await APIClient(options: client)
                .post("/batches", body, idempotencyKey: idempotencyKey).checked()
            guard !client.json, let id = reply.object?["batch_id"]?.string else { return Console.print(reply.body) }
            Console.print(id)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show how far a batch is.")
        @Argument(help: "The batch's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/batches/\(try PathSegment.id(id, "batch"))"
            let reply = try await APIClient(options: client).get(path).checked()
            guard !client.json, let batch = reply.object else { return Console.print(reply.body) }
            Console.print(JobText.lines(batch))
        }
    }

    struct Jobs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the jobs of a batch, in their order.")
        @Argument(help: "The batch's id.") var id: String
        @Option(help: "The page, from 1.") var page = 1
        @Option(help: "Jobs a page, at most 200.") var perPage = 50
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/batches/\(try PathSegment.id(id, "batch"))/jobs?page=\(page)&per_page=\(perPage)"
            let reply = try await APIClient(options: client).get(path).checked()
            if client.json { return Console.print(reply.body) }
            for job in try JSONArray.objects(reply.body) { Console.print(JobText.row(job)) }
        }
    }
}
