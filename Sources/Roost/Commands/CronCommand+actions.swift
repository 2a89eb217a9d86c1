import ArgumentParser
import RoostJobs

extension CronCommand {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Delete a periodic job.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/cron/\(try PathSegment.name(name, "periodic job"))"
            _ = try await APIClient(options: client).delete(path).checked()
            Console.print(client.json ? "{\"name\":\"\(name)\",\"deleted\":true}" : "deleted")
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make its job now, outside the schedule.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/cron/\(try PathSegment.name(name, "periodic job"))/run"
            let reply = try await APIClient(options: client).post(path).checked()
            guard !client.json, let id = reply.object?["job_id"]?.string else { return Console.print(reply.body) }
            Console.print(id)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Fire it no more; slots that pass are dropped.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var client: ClientOptions

        func run() async throws { try await CronCommand.post(name, "pause", client) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Fire it again, from its next slot on.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var client: ClientOptions

        func run() async throws { try await CronCommand.post(name, "resume", client) }
    }

    private static func post(_ name: String, _ verb: String, _ client: ClientOptions) async throws {
        let path = "/cron/\(try PathSegment.name(name, "periodic job"))/\(verb)"
        CronText.show(try await APIClient(options: client).post(path).checked(), client)
    }
}
