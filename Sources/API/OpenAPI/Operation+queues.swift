extension Operation {
    private static let queue = Parameter.path(
        "queue", "The queue; `*` stands for all together", .text(pattern: "^([A-Za-z0-9_./@:-]{1,100}|\\*)$"))
    private static let cron = Parameter.path("name", "The periodic job", .name)

    static let listQueues = Operation(
        id: "listQueues", tag: .queues, summary: "List queues",
        responses: [.ok("Those that have jobs or settings", .list(.ref("Queue")))])
    static let getQueue = Operation(
        id: "getQueue", tag: .queues, summary: "Look at a queue", parameters: [queue],
        responses: [.ok("The queue", .ref("Queue")), .notFound])
    static let changeQueue = Operation(
        id: "changeQueue", tag: .queues, summary: "Set the limits of a queue",
        text: "What is not given stays; null clears a limit.", parameters: [queue],
        body: Body(schema: .ref("QueueChange")),
        responses: [
            .ok("What holds now", .ref("Settings")), .malformed, .notFound, .tooSlow, .tooLarge, .invalid,
        ])
    static let pauseQueue = Operation(
        id: "pauseQueue", tag: .queues, summary: "Let no job of a queue start", parameters: [queue],
        responses: [.ok("What holds now", .ref("Settings")), .notFound, .invalid])
    static let resumeQueue = Operation(
        id: "resumeQueue", tag: .queues, summary: "Let jobs start again", parameters: [queue],
        responses: [.ok("What holds now", .ref("Settings")), .notFound, .invalid])

    static let listDead = Operation(
        id: "listDead", tag: .dead, summary: "List jobs that gave up, newest first",
        parameters: [
            .query("type", "Only jobs of this type", .filter), .query("queue", "Only jobs of this queue", .filter),
        ] + Parameter.search + Parameter.page,
        responses: [.ok("A page", .list(.ref("Job")), [.total, .link]), .fault(400, "The query is wrong"), .invalid])
    static let groupDead = Operation(
        id: "groupDead", tag: .dead, summary: "Group dead letters by type and cause",
        text: "Of the newest 2,000 that match: their errors' first lines with numbers, ids and quoted parts replaced.",
        parameters: [
            .query("type", "Only jobs of this type", .filter), .query("queue", "Only jobs of this queue", .filter),
            Parameter.search[0],
        ],
        responses: [
            .ok("The groups, largest first", .ref("DeadGroups")), .fault(400, "The query is wrong"), .invalid,
        ])
    static let replayDead = Operation(
        id: "replayDead", tag: .dead, summary: "Queue many dead letters again",
        text: "All that match, newest first, up to `limit`; with `dry_run` they are only counted.",
        body: Body(schema: .ref("Replay")),
        responses: [.ok("How many", .ref("ReplayResult")), .malformed, .tooSlow, .tooLarge, .invalid])
    static let replayOne = Operation(
        id: "replayOne", tag: .dead, summary: "Queue a dead letter again", parameters: [.path("id", "The job")],
        responses: [.ok("It is queued", .ref("Queued")), .jobNotFound, .conflict])

    static let listCrons = Operation(
        id: "listCrons", tag: .cron, summary: "List periodic jobs",
        responses: [.ok("All of them", .list(.ref("Cron")))])
    static let getCron = Operation(
        id: "getCron", tag: .cron, summary: "Look at a periodic job", parameters: [cron],
        responses: [.ok("It, and when it comes next", .ref("Cron")), .notFound])
    static let putCron = Operation(
        id: "putCron", tag: .cron, summary: "Make or replace a periodic job", parameters: [cron],
        body: Body(schema: .ref("NewCron")),
        responses: [
            .ok("It is replaced", .ref("Cron")), Reply(status: 201, text: "It is made", schema: .ref("Cron")),
            .malformed, .tooSlow, .tooLarge, .invalid,
        ])
    static let deleteCron = Operation(
        id: "deleteCron", tag: .cron, summary: "Delete a periodic job", parameters: [cron],
        responses: [.deleted, .notFound])
    static let runCron = Operation(
        id: "runCron", tag: .cron, summary: "Give its job now", parameters: [cron],
        responses: [.accepted("The job is kept", .ref("Accepted")), .notFound, .invalid, .full])
    static let pauseCron = Operation(
        id: "pauseCron", tag: .cron, summary: "Drop its slots until it is resumed", parameters: [cron],
        responses: [.ok("It is paused", .ref("Cron")), .notFound, .conflict])
    static let resumeCron = Operation(
        id: "resumeCron", tag: .cron, summary: "Go on with the next slot", parameters: [cron],
        responses: [.ok("It goes on", .ref("Cron")), .notFound, .conflict])
}
