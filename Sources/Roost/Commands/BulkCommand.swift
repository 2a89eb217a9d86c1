import ArgumentParser
import RoostJobs

struct BulkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulk", abstract: "Give the cluster many jobs, one a line of JSON.",
        discussion: """
            generate | roost bulk
            roost bulk jobs.ndjson --idempotency-key import-2030-01-31

            {"type":"mail","payload":{"to":"a@example.org"},"queue":"mails"}

            Each line stands alone. Prints the jobs' ids in order, and to standard error the lines that were refused.
            Status 65 when some were, 75 when a queue is full.
            """)
    @Argument(help: "The file, or - for standard input.") var file = "-"
    @OptionGroup var bulk: BulkUploadFlags
    @OptionGroup var client: ClientOptions

    func run() async throws {
        var upload = try BulkUpload(
            api: APIClient(options: client), path: "/jobs/bulk", flags: bulk, json: client.json)
        try await upload.run(file)
    }
}
