import RoostJobs

extension Operation {
    static let submitJob = Operation(
        id: "submitJob", tag: .jobs, summary: "Give a job",
        text: "Without a type it is the payload's `task`, or `default`. A repeat with the same Idempotency-Key is "
            + "answered as the first time, with `Idempotent-Replayed: true`.",
        parameters: Parameter.submit + [.wait], body: Body(schema: .ref("NewJob")),
        responses: [
            .accepted("It is kept as well as the store keeps things", .ref("Accepted")),
            .ok("It has ended in the time the client prefers to wait", .ref("JobDetails"), [.location, .applied]),
            .malformed, .tooSlow,
            .tooLarge, .invalid, .full,
        ])
    static let scheduleJob = Operation(
        id: "scheduleJob", tag: .jobs, summary: "Give a job for later",
        parameters: Parameter.submit,
        body: Body(
            schema: [
                "allOf": [.ref("NewJob"), ["required": ["run_at"], "properties": ["run_at": .time]]]
            ]),
        responses: [
            .accepted("It waits for its time", .ref("Scheduled")), .malformed, .tooSlow, .tooLarge, .invalid, .full,
        ])
    static let submitJobs = Operation(
        id: "submitJobs", tag: .jobs, summary: "Give up to 10,000 jobs",
        text: "Each item stands alone, and the rows say what became of it. Up to 32 MiB.",
        parameters: Parameter.submit,
        body: Body(
            schema: .list(.ref("NewJob"), most: JobLimits.batch).with([("minItems", 1)]),
            others: [("application/x-ndjson", ["type": "string", "description": "One NewJob a line"])]),
        responses: [
            Reply(status: 202, text: "All were accepted", schema: .ref("BulkResult")),
            Reply(status: 207, text: "Some were accepted", schema: .ref("BulkResult")), .malformed, .tooSlow,
            .tooLarge,
            Reply(
                status: 422, text: "None was accepted, or the key stands for another request",
                schema: ["anyOf": [.ref("BulkResult"), .ref("Error")]]),
            Reply(status: 429, text: "The queues are full", schema: .ref("BulkResult"), headers: [.retryAfter]),
        ])
    static let listJobs = Operation(
        id: "listJobs", tag: .jobs, summary: "List jobs, newest first",
        parameters: [
            .query("status", "Only jobs in this state", .words(JobState.allCases.map(\.rawValue) + [""])),
            .query("type", "Only jobs of this type", .filter),
            .query("queue", "Only jobs of this queue", .filter),
        ] + Parameter.search + Parameter.page,
        responses: [
            .ok("A page", .list(.ref("Job")), [.total, .link]), .fault(400, "The query is wrong"), .invalid,
        ])
    static let actOnJobs = Operation(
        id: "actOnJobs", tag: .jobs, summary: "Cancel, retry or delete all jobs that match",
        text: "Those that are in a state in which it can be done, newest first within each state, up to `limit`; with "
            + "`dry_run` they are only counted. What matches is said by `q` or `filter`, or `all`.",
        body: Body(schema: .ref("Action")),
        responses: [.ok("How many", .ref("ActionResult")), .malformed, .tooSlow, .tooLarge, .invalid])
    static let getJob = Operation(
        id: "getJob", tag: .jobs, summary: "Look at a job",
        parameters: [.path("id", "The job"), .header("If-None-Match", "Entity tags seen before", .text), .wait],
        responses: [.ok("The job", .ref("JobDetails"), [.tag, .retryAfter, .applied]), .notModified, .jobNotFound])
    static let followJob = Operation(
        id: "followJob", tag: .jobs, summary: "Follow a job live",
        text: "Server-sent events: `state` with where the job is, `progress` with its handler's last note, `log` with "
            + "one line, `end` with state, result and error, after which the stream ends. A client that comes back "
            + "with Last-Event-ID misses no line and gets none twice. A comment every 15 s shows that the stream lives.",
        parameters: [.path("id", "The job"), .header("Last-Event-ID", "The id of the last event seen", .text)],
        responses: [
            Reply(status: 200, text: "The events", schema: ["type": "string"], type: "text/event-stream"),
            Reply(status: 204, text: "The client has seen the end"), .jobNotFound,
            .fault(503, "As many streams are open as may"),
        ])
    static let whyJob = Operation(
        id: "whyJob", tag: .jobs, summary: "Ask why a job does not run", parameters: [.path("id", "The job")],
        responses: [.ok("The reasons", .ref("Waiting")), .jobNotFound])
    static let cancelJob = Operation(
        id: "cancelJob", tag: .jobs, summary: "Cancel a job",
        text: "One that runs is cancelled by its worker, at once or when it looks.",
        parameters: [.path("id", "The job")],
        body: Body(schema: .envelope(["reason": .text]), isRequired: false),
        responses: [
            .ok("It is cancelled", .ref("Cancelled")),
            Reply(status: 202, text: "Its worker is told", schema: .ref("Cancelled")), .malformed, .tooSlow,
            .tooLarge, .invalid, .jobNotFound, .conflict,
        ])
    static let retryJob = Operation(
        id: "retryJob", tag: .jobs, summary: "Queue a failed or cancelled job again",
        parameters: [.path("id", "The job")],
        responses: [.ok("It is queued", .ref("Queued")), .jobNotFound, .conflict])
    static let deleteJob = Operation(
        id: "deleteJob", tag: .jobs, summary: "Delete a job that does not run", parameters: [.path("id", "The job")],
        responses: [.deleted, .jobNotFound, .conflict])
}

extension Operation {
    static let submitBatch = Operation(
        id: "submitBatch", tag: .batches, summary: "Give jobs that belong together",
        text: "Members may wait for each other by key; a chain is one after the other. All are accepted or none. With "
            + "`open` more may be added, until it is closed.",
        parameters: Parameter.submit, body: Body(schema: .ref("NewBatch")),
        responses: [
            .accepted("The whole batch is kept", .ref("BatchAccepted")), .malformed, .tooSlow, .tooLarge, .conflict,
            .invalid, .full,
        ])
    static let getBatch = Operation(
        id: "getBatch", tag: .batches, summary: "Look at a batch", parameters: [.path("id", "The batch")],
        responses: [.ok("How far it is", .ref("Batch"), [.retryAfter]), .notFound])
    static let listBatchJobs = Operation(
        id: "listBatchJobs", tag: .batches, summary: "List the members of a batch, in their order",
        parameters: [.path("id", "The batch")] + Parameter.page,
        responses: [
            .ok("A page", .list(.ref("BatchMember")), [.total, .link]), .fault(400, "The query is wrong"), .notFound,
        ])
    static let addBatchJobs = Operation(
        id: "addBatchJobs", tag: .batches, summary: "Add jobs to an open batch",
        text: "As `POST /jobs/bulk`: each item stands alone. A batch has up to 10,000 jobs.",
        parameters: [.path("id", "The batch")] + Parameter.submit, body: submitJobs.body,
        responses: submitJobs.responses + [.notFound, .conflict])
    static let closeBatch = Operation(
        id: "closeBatch", tag: .batches, summary: "Close a batch: no more jobs",
        text: "What follows it starts when every job has ended. May be repeated.",
        parameters: [.path("id", "The batch")], responses: [.ok("It is closed", .ref("Batch")), .notFound])
    static let cancelBatch = Operation(
        id: "cancelBatch", tag: .batches, summary: "Cancel the jobs of a batch that have not ended",
        text: "It is closed, and `on_success` is cancelled. `on_complete` runs all the same, once every job has ended. "
            + "May be repeated.",
        parameters: [.path("id", "The batch")],
        body: Body(schema: .envelope(["reason": .text]), isRequired: false),
        responses: [
            .ok("They are cancelled", .ref("BatchCancelled")),
            Reply(status: 202, text: "Some run: their workers are told", schema: .ref("BatchCancelled")), .malformed,
            .tooSlow, .tooLarge, .invalid, .notFound, .conflict,
        ])
}
