import RoostJobs

extension Schemas {
    /// What replies look like. Fields may be added, never removed.
    static let replies: Named = [
        "Error": [
            "type": "object",
            "description": "With Accept: application/problem+json, problem details (RFC 9457) instead",
            "properties": [
                "error": .text, "status": .text, "job_id": .jobID,
                "issues": .list(.ref("Issue")),
            ],
            "anyOf": [["required": ["error"]], ["required": ["status"]]],
        ],
        "Problem": .reply([
            "type!": .text, "title!": .text, "status!": ["type": "integer"], "detail!": .text, "job_id": .jobID,
            "issues": .list(.ref("Issue")),
        ]),
        "Issue": .reply(["path!": .text, "message!": .text]),
        "Status": .reply(["status!": .words(["OK", "DEGRADED", "DRAINING"])]),
        "Health": .reply([
            "status!": .words(["OK", "DEGRADED"]),
            "store!": .reply(["description!": .text, "durability!": .text, "latency": .seconds()]),
            "warnings!": .list(.text),
        ]),
        "Version": .reply(["name!": .text, "version!": .text, "member!": .text]),
        "WorkAccepted": .reply([
            "status!": .words(["accepted"]), "accepted_by!": .text, "callback!": .text(pattern: "^[0-9A-F]{32}$"),
        ]),
        "WorkStatus": .reply([
            "status!": .words(["pending", "working", "worked", "failed", "cancelled"]), "result": .anything,
        ]),
        "Accepted": .reply([
            "status!": .words(["accepted"]), "message!": .text, "job_id!": .jobID, "duplicate": .flag,
        ]),
        "Scheduled": .reply(["message!": .text, "job_id!": .jobID, "run_at!": .text, "duplicate": .flag]),
        "BulkResult": .reply([
            "accepted!": .count, "refused!": .count,
            "jobs!": .list(
                .reply([
                    "index!": .count, "status!": .words(["accepted", "refused"]), "job_id": .optional(.jobID),
                    "duplicate": .flag, "repeated": .flag, "error": .text, "issues": .list(.ref("Issue")),
                ])),
        ]),
        "BatchAccepted": .reply([
            "status!": .words(["accepted"]), "message!": .text, "batch_id!": .jobID,
            "jobs!": .list(.reply(["key": .name, "job_id!": .jobID])), "on_complete!": .optional(.jobID),
            "on_success!": .optional(.jobID),
        ]),
        "Batch": .reply([
            "id!": .jobID, "name!": .optional(.text),
            "status!": .words(["open", "running", "done", "failed", "cancelled"]), "total!": .count,
            "pending!": .count, "done!": .count, "failed!": .count, "cancelled!": .count, "opened_at!": .moment,
            "finished_at!": .optional(.moment), "on_complete!": .optional(.jobID), "on_success!": .optional(.jobID),
            "jobs!": .text,
        ]),
        "BatchCancelled": .reply([
            "id!": .jobID, "cancelled!": .count, "cancel_requested!": .count, "ended!": .count,
        ]),
        "BatchMember": [
            "anyOf": [.ref("Job"), .reply(["id!": .jobID, "status!": ["type": "null"]])]
        ],
        "Cancelled": .reply(["id!": .jobID, "status!": .state, "cancel_requested!": .flag, "worker": .text]),
        "Queued": .reply(["id!": .jobID, "status!": .words(["queued"])]),
        "Waiting": .reply(["id!": .jobID, "status!": .state, "reasons!": .list(.ref("WaitReason"))]),
        "WaitReason": .reply([
            "reason!": .words([
                "scheduled", "dependencies", "paused", "concurrency", "rate", "no_worker", "busy", "position",
                "running",
            ]), "text!": .text,
        ]),
        "Settings": .reply(settings),
        "ReplayResult": .reply(["matched!": .count, "replayed!": .count, "more!": .flag, "dry_run!": .flag]),
        "ActionResult": .reply([
            "action!": .words(BulkActionEnvelope.Action.allCases.map(\.rawValue)), "matched!": .count, "done!": .count,
            "failed!": .count, "has_more!": .flag, "dry_run!": .flag, "sample!": .list(.jobID),
        ]),
        "DeadGroups": .reply([
            "looked!": .count, "window!": .count, "has_more!": .flag,
            "groups!": .list(
                .reply([
                    "type!": .name, "error!": .text, "count!": .count, "newest!": .optional(.moment),
                    "oldest!": .optional(.moment), "examples!": .list(.jobID),
                ])),
        ]),
        "Worker": .reply([
            "worker!": .text, "queues!": .list(.text), "busy!": .list(.text), "types!": .optional(.list(.text)),
        ]),
        "Node": .reply(["name": .text]),
        "NodeState": .reply(["node!": .text, "draining!": .flag, "busy!": .count]),
        "JobStats": .reply([
            "stream!": .optional(.text), "length!": .count, "consumerGroups!": .list(.anything),
        ]),
        "Stats": .reply([
            "queued!": .count, "running!": .count, "done!": .count, "failed!": .count, "total!": .count,
            "scheduled!": .count, "cancelled!": .count,
            "totals!": .reply([
                "enqueued!": .count, "started!": .count, "done!": .count, "retried!": .count, "failed!": .count,
                "reclaimed!": .count,
            ]),
        ]),
    ]

    /// What holds for a queue.
    static let settings: KeyValuePairs<String, JSONValue> = [
        "queue!": .text, "paused!": .flag, "concurrency!": .optional(.count), "rate!": .optional(.ref("Rate")),
        "tenant_concurrency!": .optional(.count), "tenant_rate!": .optional(.ref("Rate")), "quota!": .optional(.count),
        "searchable!": .flag,
    ]
}
