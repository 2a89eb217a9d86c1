import ArgumentParser
import RoostJobs

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Who did what to jobs, queues and tokens, the newest first.")
    @Option(help: "How many, at most 200.") var limit = 50
    @Option(help: "Only entries older than the one of this id.") var before: Int?
    @OptionGroup var client: ClientOptions

    func run() async throws {
        guard (1...200).contains(limit), before ?? 1 > 0 else {
            throw Failure(.usage, "--limit is 1 to 200, --before an id")
        }
        let query = "limit=\(limit)" + (before.map { "&before=\($0)" } ?? "")
        let reply = try await APIClient(options: client).get("/audit?\(query)").checked()
        if client.json { return Console.print(reply.body) }
        for entry in try JSONArray.objects(reply.body) {
            Console.print(
                [
                    JobText.field(entry, "at"), JobText.pad(JobText.field(entry, "who"), 16),
                    JobText.pad(JobText.field(entry, "action"), 14), JobText.field(entry, "status"),
                    JobText.pad(JobText.field(entry, "target"), 26), JobText.field(entry, "remote"),
                ].joined(separator: "  "))
        }
    }
}
