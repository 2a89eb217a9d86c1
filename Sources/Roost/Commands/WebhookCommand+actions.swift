import ArgumentParser
import RoostJobs

extension WebhookCommand {
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Change a webhook: what is not given stays.")
        @Argument(help: "Its id.") var id: String
        @Option(help: "Another address.") var url: String?
        @OptionGroup var filter: Filter
        @Flag(help: "Tell it again.") var enable = false
        @Flag(help: "Tell it nothing for now.") var disable = false
        @Flag(help: "Make a new secret; the old one signs beside it for a day.") var rotateSecret = false
        @OptionGroup var client: ClientOptions

        func validate() throws {
            if enable, disable { throw ValidationError("--enable or --disable?") }
        }

        func run() async throws {
            var body = JSONMembers()
            body.add("url", url)
            filter.add(to: &body)
            if enable || disable { body.add("enabled", enable) }
            if rotateSecret { body.add("rotate_secret", true) }
            let reply = try await APIClient(options: client).patch(try WebhookCommand.path(id), body.bytes).checked()
            WebhookText.show(reply, client)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rm", abstract: "Tell it no more.")
        @Argument(help: "Its id.") var id: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            _ = try await APIClient(options: client).delete(try WebhookCommand.path(id)).checked()
            Console.print(client.json ? "{\"id\":\"\(id)\",\"deleted\":true}" : "deleted")
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send it a test and wait for what becomes of it: status 0 when it got through.")
        @Argument(help: "Its id.") var id: String
        @Option(help: "How long to wait, seconds.") var waitSeconds = 20.0
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let api = APIClient(options: client)
            let reply = try await api.post(try WebhookCommand.path(id, "/test")).checked()
            try await WebhookCommand.firstAttempt(reply, of: id, api, seconds: waitSeconds, client)
        }
    }

    struct Deliveries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what became of its deliveries, attempt by attempt, newest first.")
        @Argument(help: "The webhook's id.") var id: String
        @Option(help: "How many, up to 200.") var perPage = 50
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = try WebhookCommand.path(id, "/deliveries?per_page=\(max(1, perPage))")
            let reply = try await APIClient(options: client).get(path).checked()
            if client.json { return Console.print(reply.body) }
            for row in try JSONArray.objects(reply.body) { Console.print(WebhookText.attempt(row)) }
        }
    }

    struct Redeliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a delivery again and wait for what becomes of it: status 0 when it got through.")
        @Argument(help: "The webhook's id.") var id: String
        @Argument(help: "The delivery's id.") var delivery: String
        @Option(help: "How long to wait, seconds.") var waitSeconds = 20.0
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let api = APIClient(options: client)
            let delivery = try PathSegment.id(delivery, "delivery")
            let reply = try await api.post(try WebhookCommand.path(id, "/deliveries/\(delivery)/redeliver")).checked()
            try await WebhookCommand.firstAttempt(reply, of: id, api, seconds: waitSeconds, client)
        }
    }

    /// Prints the first attempt of a delivery just accepted; fails when it did not get through.
    private static func firstAttempt(
        _ reply: APIClient.Reply, of id: String, _ api: APIClient, seconds: Double, _ client: ClientOptions
    ) async throws {
        guard let delivery = reply.object?["job_id"]?.string else { throw Failure(.software, "unexpected reply") }
        let deadline = ContinuousClock.now + .seconds(min(max(0, seconds), 3600))
        while true {
            let log = try await api.get(try path(id, "/deliveries?per_page=200")).checked()
            let rows = (try? JSONScanner.parseArray(log.body, maximumDepth: 64)) ?? []
            if let (line, row) = rows.lazy.compactMap({ line in line.object.map { (line, $0) } })
                .first(where: { $1["delivery"]?.string == delivery })
            {
                if client.json { Console.print(line.bytes) } else { Console.print(WebhookText.attempt(row)) }
                guard row["error"]?.kind == .null else { throw Failure(.failed, "it did not get through") }
                return
            }
            guard ContinuousClock.now < deadline else {
                throw Failure(.tryAgain, "no attempt yet of delivery \(delivery)")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
