import ArgumentParser
import RoostJobs

extension JobCommand {
    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Call a job off.", discussion: "One that runs is stopped by its worker within a second or so.")
        @Argument(help: "The job's id.") var id: String
        @Option(help: "Why, for the job's record.") var reason: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var body = JSONMembers()
            body.add("reason", reason)
            let path = "/jobs/\(try PathSegment.id(id))/cancel"
            let reply = try await APIClient(options: client).post(path, body.bytes).checked()
            if client.json { return Console.print(reply.body) }
            Console.print(reply.status == 202 ? "cancel requested" : "cancelled")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Queue a failed or cancelled job again, with as many attempts as a new one.")
        @Argument(help: "The job's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/jobs/\(try PathSegment.id(id))/retry"
            let reply = try await APIClient(options: client).post(path).checked()
            Console.print(client.json ? String(decoding: reply.body, as: UTF8.self) : "queued")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a job that does not run, with all that is kept about it.")
        @Argument(help: "The job's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let id = try PathSegment.id(id)
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
