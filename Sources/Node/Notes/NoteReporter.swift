import RoostJobs

/// What an attempt's handler tells its node through.
struct NoteReporter: AttemptReporter {
    let attempt: Attempt
    let desk: NoteDesk

    var store: (any JobStore)? { desk.store }

    func progress(_ json: [UInt8]) { desk.progress(json, of: attempt) }

    func log(_ line: String) { desk.log(line, of: attempt) }

    func parents() async throws(StoreError) -> [JobRecord] { try await desk.store.parents(of: attempt.claim.job.id) }
}
