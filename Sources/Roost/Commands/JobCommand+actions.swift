import ArgumentParser
import RoostJobs

extension JobCommand {
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call a job off, or all that match.",
            discussion: "One that runs is stopped by its worker within a second or so.")
        @Argument(help: "The job's id.") var id: String?
        @OptionGroup var bulk: BulkFlags
        @Option(help: "Why, for the job's record.") var reason: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            if bulk.isGiven {
                return try await BulkAct(action: "cancel", flags: bulk, reason: reason, client: client).run(id: id)
            }
            var body = JSONMembers()
            body.add("reason", reason)
            let path = "/jobs/\(try bulk.one(id))/cancel"
            let reply = try await APIClient(options: client).post(path, body.bytes).checked()
            if client.json { return Console.print(reply.body) }
            Console.print(reply.status == 202 ? "cancel requested" : "cancelled")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Queue a failed or cancelled job again, or all that match, with as many attempts as a new one.")
        @Argument(help: "The job's id.") var id: String?
        @OptionGroup var bulk: BulkFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            if bulk.isGiven { return try await BulkAct(action: "retry", flags: bulk, client: client).run(id: id) }
            let path = "/jobs/\(try bulk.one(id))/retry"
            let reply = try await APIClient(options: client).post(path).checked()
            Console.print(client.json ? String(decoding: reply.body, as: UTF8.self) : "queued")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a job that does not run, or all that match, with all that is kept about them.")
        @Argument(help: "The job's id.") var id: String?
        @OptionGroup var bulk: BulkFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            if bulk.isGiven { return try await BulkAct(action: "delete", flags: bulk, client: client).run(id: id) }
            let id = try bulk.one(id)
            _ = try await APIClient(options: client).delete("/jobs/\(id)").checked()
            Console.print(client.json ? "{\"id\":\"\(id)\",\"deleted\":true}" : "deleted")
        }
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say why a job does not run.")
        @Argument(help: "The job's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/jobs/\(try PathSegment.id(id))/why").checked()
            guard !client.json, let why = reply.object else { return Console.print(reply.body) }
            let reasons = try JSONArray.objects(why["reasons"]?.bytes ?? Array("[]".utf8))
            if reasons.isEmpty { Console.print("It is \(JobText.field(why, "status"))") }
            for reason in reasons { Console.print(JobText.field(reason, "text")) }
        }
    }
}
