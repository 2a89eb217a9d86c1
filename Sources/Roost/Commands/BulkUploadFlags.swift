import ArgumentParser
import RoostJobs

/// How many jobs of a file are sent.
struct BulkUploadFlags: ParsableArguments {
    @Option(help: "Jobs a call, up to 10,000.") var perCall = 1000
    @Option(help: "A name for this request: given again with the same file and --per-call, it makes no job twice.")
    var idempotencyKey: String?
}
