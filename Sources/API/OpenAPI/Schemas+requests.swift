import RoostJobs

/// The named schemas of the document.
enum Schemas {
    typealias Named = KeyValuePairs<String, JSONValue>

    /// What a job may be in each place: not every place has a use for every field.
    static let requests: Named = [
        "NewJob": job([.delay, .parents, .keys]),
        "BatchJob": job([.delay, .member]),
        "FollowingJob": job([.begin], needsPayload: false),
        "PeriodicJob": job([.keys], needsPayload: false),
        "UniqueRule": [
            "oneOf": [
                key,
                .envelope([
                    "key!": key, "period": .seconds(from: 0.000001), "on_conflict": conflict,
                ]),
                .envelope([
                    "by!": .words(["content"]), "period": .seconds(from: 0.000001), "on_conflict": conflict,
                ]),
            ]
        ],
        "RetryPolicy": [
            "oneOf": [
                delays,
                .envelope([
                    "kind!": .words(["exponential"]), "base": .seconds(), "cap": .seconds(), "jitter": jitter,
                ]),
                .envelope(["kind!": .words(["fixed"]), "delay!": .seconds(), "jitter": jitter]),
                .envelope(["kind!": .words(["list"]), "delays!": delays, "jitter": jitter]),
            ]
        ],
        "NewBatch": .envelope([
            "jobs": .list(.ref("BatchJob"), most: JobLimits.batchMembers), "name": .name, "chain": .flag, "open": .flag,
            "on_complete": .ref("FollowingJob"), "on_success": .ref("FollowingJob"), "idempotency_key": key,
        ]).with([
            (
                "anyOf",
                [
                    ["required": ["jobs"], "properties": ["jobs": ["type": "array", "minItems": 1]]],
                    ["required": ["open"], "properties": ["open": ["const": true]]],
                ]
            )
        ]),
        "NewCron": .envelope([
            "schedule!": [
                "type": "string",
                "description": "Five fields, six with seconds first, or a macro as @daily; it must be due at some time",
                "examples": ["*/5 * * * *", "@daily"],
            ],
            "job!": .ref("PeriodicJob"), "time_zone": ["type": "string", "examples": ["UTC", "Europe/Vienna"]],
            "catch_up": .words(CronEntry.CatchUp.allCases.map(\.rawValue)), "paused": .flag,
        ]),
        "QueueChange": .envelope([
            "paused": .flag, "concurrency": .whole(1...100_000), "tenant_concurrency": .whole(1...100_000),
            "rate": .ref("RateLimit"), "tenant_rate": .ref("RateLimit"), "quota": .whole(1...1_000_000_000),
            "searchable": .flag,
        ]),
        "RateLimit": [
            "oneOf": [
                ["type": "string", "pattern": "^[1-9][0-9]{0,3}/[smhd]$", "examples": ["30/m", "1000/h"]],
                .envelope([
                    "count!": .whole(1...JobLimits.rateCount),
                    "period!": ["type": "number", "minimum": 0.001, "maximum": 86_400],
                ]),
            ]
        ],
        "Replay": .envelope([
            "type": .name, "queue": .name, "ids": .list(.jobID, most: ReplayEnvelope.maximumLimit),
            "limit": .whole(1...ReplayEnvelope.maximumLimit), "dry_run": .flag,
        ]),
        "Action": .envelope([
            "action!": .words(BulkActionEnvelope.Action.allCases.map(\.rawValue)), "q": .text, "filter": filter,
            "all": .flag, "dry_run": .flag, "reason": .text, "limit": .whole(1...BulkActionEnvelope.maximumLimit),
        ]),
    ]

    private static let filter: JSONValue = [
        "type": "object", "description": "Qualifiers as of a search; others are searchable fields",
        "properties": [
            "type": .optional(.name), "queue": .optional(.name), "tenant": .optional(.name), "tag": .optional(.name),
            "state": .optional(.state), "node": .optional(.text), "error": .optional(.text), "since": .optional(.text),
            "until": .optional(.text),
        ],
        "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
    ]

    private enum Part { case delay, begin, parents, keys, member }

    private static let key: JSONValue = .text(pattern: "^[^\\s\\x00-\\x20\\x7f]{1,200}$")
    private static let conflict: JSONValue = .words(UniqueRule.Conflict.allCases.map(\.rawValue))
    private static let jitter: JSONValue = ["type": "number", "minimum": 0, "maximum": 1]
    private static let delays: JSONValue = .list(.seconds(), most: RetryPolicy.listLimit).with([("minItems", 1)])

    private static func job(_ parts: Set<Part>, needsPayload: Bool = true) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("type", .name), ("queue", .name), ("priority", .whole(1...10)),
            ("max_attempts", .whole(1...JobLimits.attempts)),
            ("timeout", .seconds(from: 0.001)), ("result_ttl", .seconds()), ("retry", .ref("RetryPolicy")),
            ("start_within", .seconds()), ("deadline_in", .seconds()), ("tenant", .name),
            ("tags", .list(.text(pattern: "^[A-Za-z0-9_./@:-]{1,40}$"), most: JobLimits.tags)),
            ("searchable", .list(.text(pattern: "^[A-Za-z0-9_./@:-]{1,64}$"), most: JobLimits.terms)),
        ]
        var pairs: [(String, String)] = []
        if parts.contains(.keys) { members.append(("unique", .ref("UniqueRule"))) }
        if !parts.isDisjoint(with: [.begin, .delay]) {
            members += [("start_by", .time), ("deadline", .time)]
            pairs += [("start_by", "start_within"), ("deadline", "deadline_in")]
        }
        if parts.contains(.delay) {
            members += [
                ("run_at", .time), ("delay", .seconds()),
                ("depends_rule", .words(NewJob.ParentRule.allCases.map(\.rawValue))),
            ]
            pairs.append(("run_at", "delay"))
        }
        if parts.contains(.parents) {
            members += [
                ("idempotency_key", key),
                ("depends_on", .list(.jobID, most: JobLimits.parents).with([("uniqueItems", true)])),
            ]
        }
        if parts.contains(.member) {
            members += [
                ("key", .name), ("depends_on", .list(.name, most: JobLimits.parents).with([("uniqueItems", true)])),
            ]
        }
        let properties = members.map { ($0.key, JSONValue.optional($0.value)) }
        let payload: JSONValue = ["type": "object", "description": "What the handler gets, byte for byte"]
        let schema: JSONValue = [
            "type": "object",
            "properties": .object(
                [("payload", needsPayload ? payload : .optional(payload))] + properties.map { (key: $0.0, value: $0.1) }
            ),
            "required": needsPayload ? ["payload"] : [], "additionalProperties": false,
        ]
        return pairs.isEmpty ? schema : schema.without(both: pairs)
    }
}
