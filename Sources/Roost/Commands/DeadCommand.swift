import ArgumentParser
import RoostJobs

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead", abstract: "Jobs that gave up: look at them, try them again.",
        subcommands: [List.self, Groups.self, Replay.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List dead letters with their reasons, newest first.")
        @OptionGroup var list: ListFlags
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let reply = try await APIClient(options: client).get("/dead?\(try list.query())").checked()
            if client.json { return Console.print(reply.body) }
            for job in try JSONArray.objects(reply.body) { Console.print(JobText.deadRow(job)) }
            if let total = reply.total, total > list.perPage { Console.error("\(total) in all") }
        }
    }

    struct Groups: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Group the newest dead letters by type and cause, the largest group first.")
        @Option(name: .customLong("q"), help: ArgumentHelp("Only what a search finds.", valueName: "search"))
        var search: String?
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let query = search.map { "?q=\(PathSegment.escaped($0))" } ?? ""
            let reply = try await APIClient(options: client).get("/dead/groups\(query)").checked()
            guard !client.json, let object = reply.object else { return Console.print(reply.body) }
            for group in try JSONArray.objects(object["groups"]?.bytes ?? Array("[]".utf8)) {
                let words = ["count", "type", "newest", "error"].map { JobText.field(group, $0) }
                Console.print(
                    [JobText.pad(words[0], 6), JobText.pad(words[1], 20), words[2], words[3]].joined(separator: "  "))
            }
            if object["has_more"]?.bool ?? false {
                Console.error("of the newest \(JobText.field(object, "looked")) dead letters; there are more")
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Queue dead letters again: some by id, all, or all of a type or queue.")
        @Argument(help: "Ids of jobs.") var ids: [String] = []
        @Flag(help: "All of them.") var all = false
        @Option(help: "All of this type.") var type: String?
        @Option(help: "All of this queue.") var queue: String?
        @Option(help: "At most so many, up to 10,000.") var limit = 10_000
        @Flag(help: "Only count them.") var dryRun = false
        @OptionGroup var client: ClientOptions

        func run() async throws {
            guard !ids.isEmpty || all || type != nil || queue != nil else {
                throw Failure(.usage, "which? Ids, --all, --type or --queue")
            }
            let replay = BulkReplay(
                api: APIClient(options: client), type: type, queue: queue,
                ids: try ids.map { id throws(Failure) in try PathSegment.id(id) })
            let result = try await (dryRun ? replay.count(limit: limit) : replay.run(limit: limit))
            if client.json {
                var json = JSONMembers()
                json.add("matched", result.matched)
                json.add("replayed", result.replayed)
                json.add("more", result.hasMore)
                json.add("dry_run", dryRun)
                Console.print(json.bytes)
            } else {
                Console.print(dryRun ? "\(result.matched) match" : "\(result.replayed) replayed")
                if result.hasMore { Console.error("there are more: run it again") }
            }
            if !ids.isEmpty, result.matched < Set(ids).count {
                throw Failure(.notFound, "\(Set(ids).count - result.matched) of the jobs are no dead letters")
            }
        }
    }
}
