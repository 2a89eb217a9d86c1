import ArgumentParser
import RoostJobs

struct CronCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "Periodic jobs.",
        subcommands: [List.self, Get.self, Put.self, Remove.self, Run.self, Pause.self, Resume.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List periodic jobs with their next slots.")
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/cron").checked()
            if client.json { return Console.print(reply.body) }
            for cron in try JSONArray.objects(reply.body) { Console.print(CronText.row(cron)) }
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one periodic job and its next five slots.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let path = "/cron/\(try PathSegment.name(name, "periodic job"))"
            CronText.show(try await APIClient(options: client).get(path).checked(), client)
        }
    }

    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make or change a periodic job.",
            discussion: """
                roost cron put nightly '30 4 * * *' report --time-zone Europe/Berlin
                roost cron put poll '@every 30s' fetch '{"url":"…"}' --unique-content
                """)

        @Argument(help: "Its name.") var name: String
        @Argument(help: "When: 5 or 6 fields, or @daily, @hourly, @every 30s …") var schedule: String
        @Argument(help: "The type of its jobs.") var type: String
        @Argument(help: "Their payload: a JSON object, @FILE, or - for standard input.") var payload = "{}"
        @Option(help: "The time zone the fields are read in: UTC, Europe/Berlin, +02:00.") var timeZone: String?
        @Option(help: "Slots nobody fired in time: skip, latest or all.") var catchUp: String?
        @Flag(help: "Not yet: it fires after a resume.") var paused = false
        @OptionGroup var job: JobFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            var template = JSONMembers()
            template.add("type", type)
            template.add("payload", json: try JSONSource.read(payload, what: "the payload"))
            try job.add(to: &template)
            var body = JSONMembers()
            body.add("schedule", schedule)
            body.add("time_zone", timeZone)
            body.add("catch_up", catchUp)
            body.add("paused", paused)
            body.add("job", template)
            let path = "/cron/\(try PathSegment.name(name, "periodic job"))"
            CronText.show(try await APIClient(options: client).put(path, body.bytes).checked(), client)
        }
    }
}
