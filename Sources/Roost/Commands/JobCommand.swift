import ArgumentParser
import RoostJobs

struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Look at jobs, call them off, try them again.",
        subcommands: [
            Get.self, List.self, Watch.self, Why.self, Cancel.self, Retry.self, Delete.self,
        ])

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one job.")
        @Argument(help: "The job's id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/jobs/\(try PathSegment.id(id))").checked()
            guard !client.json, let job = reply.object else { return Console.print(reply.body) }
            Console.print(JobText.lines(job))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List jobs, newest first.")
        @Option(help: "scheduled, queued, running, done, failed or cancelled.") var status: String?
        @OptionGroup var list: ListFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let query = try list.query([("status", status)])
            let reply = try await APIClient(options: client).get("/jobs?\(query)").checked()
            if client.json { return Console.print(reply.body) }
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
                api: APIClient(options: client), id: try PathSegment.id(id), limit: limit, json: client.json)
            try await watch.run { Console.error($0) }
        }
    }
}
