import ArgumentParser
import Glibc
import RoostJobs

/// Many jobs instead of one: which, and whether it is meant.
struct BulkFlags: ParsableArguments {
    @Option(
        name: .customLong("q"),
        help: ArgumentHelp("All that match a search, as 'type:mail error:timeout'.", valueName: "search"))
    var search: String?
    @Flag(help: "All jobs it can be done to.") var all = false
    @Option(help: "With --q or --all: at most so many, up to 10,000.") var limit: Int?
    @Flag(help: "Only count them.") var dryRun = false
    @Flag(help: "Do not ask.") var yes = false

    /// Whether many are meant.
    var isGiven: Bool { search != nil || all }

    /// The one job that is meant; a failure where that is not clear.
    func one(_ id: String?) throws(Failure) -> String {
        guard let id else { throw Failure(.usage, "which? An id, --q or --all") }
        guard limit == nil, !dryRun else { throw Failure(.usage, "--limit and --dry-run go with --q or --all") }
        return try PathSegment.id(id)
    }
}

/// Something done to all jobs that match.
struct BulkAct {
    let action: String
    let flags: BulkFlags
    var reason: String?
    let client: ClientOptions

    func run(id: String?) async throws {
        guard id == nil else { throw Failure(.usage, "an id, or --q or --all") }
        if !flags.dryRun, !flags.yes {
            let (_, counted) = try await call(isDryRun: true)
            let matched = JobText.field(counted, "matched")
            let more = counted["has_more"]?.bool ?? false ? " or more" : ""
            guard isatty(STDIN_FILENO) == 1 else {
                throw Failure(.usage, "\(matched)\(more) jobs match: give --yes to \(action) them")
            }
            Console.write("\(action) \(matched)\(more) jobs? [y/N] ")
            guard readLine().map({ ["y", "yes"].contains($0.lowercased()) }) ?? false else { return }
        }
        let (body, result) = try await call(isDryRun: flags.dryRun)
        if client.json { return Console.print(body) }
        let past = ["cancel": "cancelled", "retry": "queued again", "delete": "deleted"][action] ?? action
        let matched = JobText.field(result, "matched")
        Console.print(flags.dryRun ? "\(matched) match" : "\(JobText.field(result, "done")) \(past)")
        if let failed = result["failed"]?.int, failed > 0 { Console.error("\(failed) had moved on meanwhile") }
        if result["has_more"]?.bool ?? false { Console.error("there are more: run it again") }
    }

    private func call(isDryRun: Bool) async throws(Failure) -> ([UInt8], JSONObject) {
        var body = JSONMembers()
        body.add("action", action)
        body.add("q", flags.search)
        body.add("all", flags.all ? true : nil)
        body.add("limit", flags.limit ?? 10_000)
        body.add("dry_run", isDryRun)
        body.add("reason", reason)
        let reply = try await APIClient(options: client).post("/jobs/actions", body.bytes).checked()
        guard let object = reply.object else { throw Failure(.software, "unexpected reply") }
        return (reply.body, object)
    }
}
