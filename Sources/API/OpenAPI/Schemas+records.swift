import RoostJobs

extension Schemas {
    /// What is kept, as it is shown.
    static let records: Named = [
        "Job": job([]),
        "JobDetails": job([
            ("cancel_requested", .flag), ("progress", .anything),
            ("log", .list(.reply(["at!": .moment, "attempt!": .count, "text!": .text]))),
            (
                "failures",
                .list(
                    .reply([
                        "attempt!": .count, "started_at!": .optional(.moment), "ended_at!": .optional(.moment),
                        "worker!": .optional(.text), "error!": .optional(.text),
                    ]))
            ), ("depends_on", .list(.jobID)),
            ("parents", .list(.reply(["id!": .jobID, "type!": .text, "status!": .state]))),
            ("waiting", .list(.ref("WaitReason"))),
        ]),
        "Queue": .reply([
            "queue!": .text, "scheduled!": .count, "queued!": .count, "running!": .count, "done!": .count,
            "failed!": .count, "cancelled!": .count, "depth!": .count, "oldest_at!": .optional(.moment),
            "oldest_age!": .optional(.seconds()), "paused!": .flag, "concurrency!": .optional(.count),
            "rate!": .optional(.ref("Rate")), "tenant_concurrency!": .optional(.count),
            "tenant_rate!": .optional(.ref("Rate")), "quota!": .optional(.count),
            "searchable!": .flag,
        ]),
        "Rate": .reply(["count!": .count, "period!": .seconds()]),
        "Cron": .reply([
            "name!": .name, "schedule!": .text, "time_zone!": .text, "catch_up!": .text, "paused!": .flag,
            "next_run!": .optional(.moment), "last_run!": .optional(.moment), "next_runs": .list(.moment),
            "job!": .anything,
        ]),
    ]

    private static func job(_ more: [(key: String, value: JSONValue)]) -> JSONValue {
        let members: [(key: String, value: JSONValue)] = [
            ("id", .jobID), ("type", .name), ("queue", .name), ("payload", ["type": "object"]), ("status", .state),
            ("priority", .whole(1...10)), ("attempt", .count), ("max_attempts", .count), ("crashes", .count),
            ("inserted_at", .moment), ("run_at", .optional(.moment)), ("started_at", .optional(.moment)),
            ("finished_at", .optional(.moment)), ("expires_at", .optional(.moment)), ("timeout", .seconds()),
            ("result_ttl", .seconds()), ("unique", .optional(.text)), ("retry", .anything),
            ("start_by", .optional(.moment)), ("deadline", .optional(.moment)), ("tenant", .optional(.text)),
            ("tags", .list(.text)), ("depends_rule", .optional(.text)), ("batch", .optional(.jobID)),
            ("traceparent", .optional(.text)), ("worker", .optional(.text)), ("result", .anything),
            ("error", .optional(.text)),
        ]
        let all = members + more
        return [
            "type": "object", "properties": .object(all + [("searchable", terms)]),
            "required": .array(all.map { .string($0.key) }),
        ]
    }

    /// Fields to find a job by; not there where there are none.
    private static let terms: JSONValue = ["type": "object", "additionalProperties": .text]

    /// Every named schema.
    static var all: [(key: String, value: JSONValue)] {
        [requests, replies, records, leases, access, webhooks].flatMap { $0.map { (key: $0.key, value: $0.value) } }
    }
}
