import ArgumentParser
import RoostJobs

extension BatchCommand {
    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open a batch, to be filled by `batch add` and closed by `batch close`.",
            discussion: "roost batch open --name import --on-complete '{\"type\":\"report\"}'")
        @Option(help: "What a person calls it.") var name: String?
        @Option(help: "The job that runs when every job has ended: JSON, @FILE or -.") var onComplete: String?
        @Option(help: "The job that runs when every job is done: JSON, @FILE or -.") var onSuccess: String?
        @Option(help: "A name for this request: given again, it is the same batch.") var idempotencyKey: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var body = JSONMembers()
            body.add("open", true)
            body.add("name", name)
            if let onComplete { body.add("on_complete", json: try JSONSource.read(onComplete, what: "--on-complete")) }
            if let onSuccess { body.add("on_success", json: try JSONSource.read(onSuccess, what: "--on-success")) }
            let reply = try await APIClient(options: client)
                .post("/batches", body.bytes, idempotencyKey: idempotencyKey).checked()
            guard !client.json, let id = reply.object?["batch_id"]?.string else { return Console.print(reply.body) }
            Console.print(id)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add jobs, one a line of JSON, to an open batch.",
            discussion: "Prints their ids; status 65 when some were refused, 75 when a queue is full.")
        @Argument(help: "The batch's id.") var id: String
        @Argument(help: "The file, or - for standard input.") var file = "-"
        @OptionGroup var bulk: BulkUploadFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/batches/\(try PathSegment.id(id, "batch"))/jobs"
            var upload = try BulkUpload(api: APIClient(options: client), path: path, flags: bulk, json: client.json)
            try await upload.run(file)
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a batch: no more jobs, and what follows it runs once all have ended.")
        @Argument(help: "The batch's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/batches/\(try PathSegment.id(id, "batch"))/close"
            let reply = try await APIClient(options: client).post(path).checked()
            guard !client.json, let batch = reply.object else { return Console.print(reply.body) }
            Console.print(JobText.lines(batch))
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel the jobs of a batch that have not ended.",
            discussion: "It is closed; on_success is cancelled, on_complete runs once every job has ended.")
        @Argument(help: "The batch's id.") var id: String
        @Option(help: "Why, for the jobs' records.") var reason: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var body = JSONMembers()
            body.add("reason", reason)
            let path = "/batches/\(try PathSegment.id(id, "batch"))/cancel"
            let reply = try await APIClient(options: client).post(path, body.bytes).checked()
            guard !client.json, let done = reply.object else { return Console.print(reply.body) }
            let running = JobText.field(done, "cancel_requested")
            Console.print("\(JobText.field(done, "cancelled")) cancelled, \(running) told to stop")
        }
    }
}
