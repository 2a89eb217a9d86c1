import ArgumentParser
import RoostJobs

struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Look at jobs.", subcommands: [Get.self, List.self, Watch.self])

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one job.")
        @Argument(help: "The job's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/jobs/\(try JobCommand.checked(id))").checked()
            guard !client.json, let job = reply.object else { return Console.print(reply.body) }
            Console.print(JobText.lines(job))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, newest first.")
        @Option(help: "scheduled, queued, running, done, failed or cancelled.") var status: String?
        @Option(help: "Only this type.") var type: String?
        @Option(help: "Only this queue.") var queue: String?
        @Option(help: "The page, from 1.") var page = 1
        @Option(help: "Jobs a page, at most 200.") var perPage = 50
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var query = "page=\(page)&per_page=\(perPage)"
            for (key, value) in [("status", status), ("type", type), ("queue", queue)] {
                guard let value else { continue }
                guard JobName.isValid(value) else { throw Failure(.usage, "--\(key): no such name") }
                query += "&\(key)=\(value)"
            }
            let reply = try await APIClient(options: client).get("/jobs?\(query)").checked()
            if client.json { return Console.print(reply.body) }
            // The reply is a bare array: wrapped, its items are members to read one by one.
            for job in try JSONArray.objects(reply.body) { Console.print(JobText.row(job)) }
        }
    }

    struct Watch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a job to its end.", discussion: "Status 0: done, 1: failed or cancelled, 75: time over.")
        @Argument(help: "The job's id.") var id: String
        @Option(help: "Seconds to wait at most.") var seconds = 3600.0
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let limit = Duration.seconds(min(max(0, seconds), 86_400))
            let watch = JobWatch(
                api: APIClient(options: client), id: try JobCommand.checked(id), limit: limit, json: client.json)
            try await watch.run { Console.error($0) }
        }
    }

    static func checked(_ id: String) throws(Failure) -> String {
        guard JobID(id) != nil else { throw Failure(.usage, "\(id.debugDescription) is no job id (26 characters)") }
        return id
    }
}
