import RoostJobs

extension Operation {
    private static let lease = Parameter.path("id", "The lease", .text(pattern: "^[A-Za-z0-9_-]{1,2000}$"))
    private static let lost = Reply.fault(409, "The lease is lost: another attempt owns the job, or it has ended")
    private static let unknown = Reply.fault(404, "That is no lease")

    static let leaseJobs = Operation(
        id: "leaseJobs", tag: .leases, summary: "Lease jobs to work on",
        text: "With `wait` the call holds until there is one, at most so many seconds; the list is empty when there is "
            + "none. A client that hangs up meanwhile is handed nothing. A lease that is not extended runs out, and the "
            + "job goes to another. `parents` are the jobs it waited for, with their results; one with `result_left_out` "
            + "is too long for this reply: read it at `/jobs/{id}`.",
        body: Body(schema: .ref("NewLease"), isRequired: false),
        responses: [.ok("The leases", .ref("Leases")), .malformed, .tooSlow, .tooLarge, .invalid])
    static let extendLease = Operation(
        id: "extendLease", tag: .leases, summary: "Hold a lease for longer",
        text: "Call it at a third of the lease. `cancel` says that somebody wants the job cancelled: stop, and release "
            + "it. An attempt past the job's timeout or deadline is ended by this call, with a 409.",
        parameters: [lease],
        body: Body(schema: .envelope(["lease": span]), isRequired: false),
        responses: [.ok("It holds", .ref("LeaseExtended")), .malformed, unknown, .tooSlow, lost, .tooLarge, .invalid])
    static let noteLease = Operation(
        id: "noteLease", tag: .leases, summary: "Say how far the work is",
        text: "As a number from 0 to 1, or as an object of your own; with lines for the job's log.",
        parameters: [lease],
        body: Body(
            schema: .envelope([
                "progress": ["oneOf": [["type": "number", "minimum": 0, "maximum": 1], ["type": "object"]]],
                "log": ["oneOf": [.text, .list(.text, most: LeaseLimits.lines)]],
            ]), isRequired: false),
        responses: [
            Reply(status: 204, text: "It is kept"), .malformed, unknown, .tooSlow, lost, .tooLarge, .invalid,
        ])
    static let completeLease = Operation(
        id: "completeLease", tag: .leases, summary: "Say that the work is done", parameters: [lease],
        body: Body(schema: completion, isRequired: false), responses: settled)
    static let failLease = Operation(
        id: "failLease", tag: .leases, summary: "Say that the attempt failed",
        text:
            "It is tried again as the job's retry policy says while attempts are left; with `retry` as a number after "
            + "so many seconds; with `retry` false or `discard` not at all.",
        parameters: [lease],
        body: Body(
            schema: .envelope([
                "error": .text, "retry": ["oneOf": [.flag, .seconds()]], "discard": .flag,
            ]), isRequired: false), responses: settled)
    static let releaseLease = Operation(
        id: "releaseLease", tag: .leases, summary: "Hand the job back",
        text: "The attempt is not counted. Somebody takes it again at once, or after `delay` seconds.",
        parameters: [lease], body: Body(schema: .envelope(["delay": .seconds()]), isRequired: false),
        responses: settled)

    static let cancelLease = Operation(
        id: "cancelLease", tag: .leases, summary: "Say that the job is not needed",
        text: "It is cancelled, which is no failure: nobody takes it again, and it is no dead letter.",
        parameters: [lease], body: Body(schema: .envelope(["reason": .text]), isRequired: false),
        responses: settled)

    private static let span: JSONValue = [
        "type": "number", "minimum": .number(LeaseLimits.seconds.lowerBound),
        "maximum": .number(LeaseLimits.seconds.upperBound), "description": "Seconds",
    ]
    private static let completion: JSONValue = [
        "type": "object", "properties": ["result": .anything], "additionalProperties": false,
    ]
    private static let settled: [Reply] = [
        .ok("It is recorded", .ref("LeaseSettled")), .malformed, unknown, .tooSlow, lost, .tooLarge, .invalid,
    ]
}

extension Schemas {
    /// What workers that speak HTTP send and get.
    static let leases: Named = [
        "NewLease": .envelope([
            "queues": names, "types": ["oneOf": [.words(["*"]), names]],
            "limit": .whole(LeaseLimits.jobs),
            "lease": seconds(LeaseLimits.seconds), "wait": seconds(LeaseLimits.wait), "worker": .name,
        ]),
        "Leases": .reply(["leases!": .list(.ref("Lease"))]),
        "Lease": .reply([
            "lease_id!": .text, "expires_at!": .moment, "ends_at!": .moment,
            "job!": .reply([
                "id!": .jobID, "type!": .name, "queue!": .name, "payload!": ["type": "object"],
                "priority!": .whole(1...10), "attempt!": .count, "max_attempts!": .count, "timeout!": .seconds(),
                "inserted_at!": .moment, "deadline!": .optional(.moment), "tenant!": .optional(.text),
                "tags!": .list(.text), "traceparent!": .optional(.text), "batch!": .optional(.jobID),
                "parents!": .list(.ref("LeaseParent"), most: JobLimits.parents),
            ]),
        ]),
        "LeaseParent": .reply([
            "id!": .jobID, "type!": .name, "status!": .state, "result!": .anything, "result_left_out": .flag,
        ]),
        "LeaseExtended": .reply(["expires_at!": .moment, "cancel!": .flag]),
        "LeaseSettled": .reply([
            "job_id!": .jobID, "outcome!": .words(["done", "retry", "failed", "released", "cancelled"]),
            "retry_in": .seconds(),
        ]),
    ]

    private static let names: JSONValue = .list(.name, most: LeaseLimits.names).with([("minItems", 1)])

    private static func seconds(_ range: ClosedRange<Double>) -> JSONValue {
        [
            "type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound),
            "description": "Seconds",
        ]
    }
}
