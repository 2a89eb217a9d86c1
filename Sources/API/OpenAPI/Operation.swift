/// What a route is for its users: the words and schemas of the OpenAPI document and of `/docs`.
struct Operation: Sendable {
    /// Unique, for code generators.
    let id: String
    let tag: Tag
    let summary: String
    var text: String?
    var parameters: [Parameter] = []
    var body: Body?
    var responses: [Reply]

    /// A chapter.
    enum Tag: String, CaseIterable {
        case jobs, batches, leases, queues, dead, cron, webhooks, cluster, work, access, health

        var title: String {
            switch self {
            case .jobs: "Jobs: give them, look at them, end them"
            case .batches: "Batches: jobs that belong together"
            case .leases: "Leases: jobs for workers in any language"
            case .queues: "Queues: what waits, pause, limits"
            case .dead: "Dead letters: jobs that gave up"
            case .cron: "Periodic jobs"
            case .webhooks: "Webhooks: who outside is told how jobs end"
            case .cluster: "Who is here, and how much there is"
            case .work: "The façade: only data and a callback"
            case .access: "Access: who may do what, and who did what"
            case .health: "This node"
            }
        }
    }

    struct Parameter: Sendable {
        enum Place: String { case path, query, header }
        let name: String
        let place: Place
        let text: String
        let schema: JSONValue
    }

    struct Body: Sendable {
        let schema: JSONValue
        var isRequired = true
        /// Other ways to write it.
        var others: [(type: String, schema: JSONValue)] = []
    }

    struct Reply: Sendable {
        let status: Int
        let text: String
        /// nil: no body.
        var schema: JSONValue?
        var type = "application/json"
        var headers: [Header] = []
    }

    struct Header: Sendable {
        let name: String
        let text: String
    }
}

extension Operation.Reply {
    static func ok(_ text: String, _ schema: JSONValue, _ headers: [Operation.Header] = []) -> Self {
        Self(status: 200, text: text, schema: schema, headers: headers)
    }

    static func accepted(_ text: String, _ schema: JSONValue) -> Self {
        Self(status: 202, text: text, schema: schema, headers: [.location, .retryAfter])
    }

    /// A refusal.
    static func fault(_ status: Int, _ text: String) -> Self {
        Self(
            status: status, text: text, schema: .ref("Error"),
            headers: status == 429 || status == 503 ? [.retryAfter] : [])
    }

    static let malformed = fault(400, "The body is not JSON, or something the request must have is missing")
    static let invalid = Self(status: 422, text: "Fields are wrong; each is listed", schema: .ref("Error"))
    static let full = fault(429, "As many jobs wait in the queue as may")
    static let jobNotFound = fault(404, "There is no such job, or its time is over")
    static let notFound = fault(404, "There is none of that name or id")
    static let conflict = fault(409, "What it is now does not allow it")
    static let tooLarge = fault(413, "The body is larger than allowed")
    static let tooSlow = fault(408, "The body did not arrive in time")
    static let deleted = Self(status: 204, text: "It is gone")
    static let notModified = Self(status: 304, text: "It is what If-None-Match names")
}

extension Operation.Header {
    static let location = Self(name: "Location", text: "Where to look")
    static let retryAfter = Self(name: "Retry-After", text: "When to try or look again, seconds")
    static let total = Self(name: "X-Total-Count", text: "How many there are, where that is known without a search")
    static let link = Self(name: "Link", text: "The first, previous, next and last page (RFC 8288)")
    static let applied = Self(name: "Preference-Applied", text: "Present when the reply was held")
    static let tag = Self(name: "ETag", text: "Stands for these bytes")
}

extension Operation.Parameter {
    static func path(_ name: String, _ text: String, _ schema: JSONValue = .jobID) -> Self {
        Self(name: name, place: .path, text: text, schema: schema)
    }

    static func query(_ name: String, _ text: String, _ schema: JSONValue) -> Self {
        Self(name: name, place: .query, text: text, schema: schema)
    }

    static func header(_ name: String, _ text: String, _ schema: JSONValue) -> Self {
        Self(name: name, place: .header, text: text, schema: schema)
    }

    static let page: [Self] = [
        .query("page", "Which page, from 1", ["type": "integer", "minimum": 1, "default": 1]),
        .query(
            "per_page", "How many on a page; more than 200 are 200", ["type": "integer", "minimum": 1, "default": 50]),
    ]
    static let wait = header(
        "Prefer",
        "`wait=30`: hold the reply until the job has ended, or so many seconds at most, up to 60 (RFC 7240)", .text)
    static let search: [Self] = [
        .query(
            "q",
            "A search: qualifiers as `type:email queue:mail state:failed tag:vip node:worker@host:1 error:timeout tenant:t "
                + "since:2026-11-20 until:…`; any other is a searchable field of the payload, as `user_id:42`. Values with "
                + "spaces stand in double quotes", ["type": "string", "maxLength": .integer(SearchText.maximumBytes)]),
        .query(
            "cursor", "Where to go on, from the Link to the next page; empty for the first. Not with `page`",
            .text(pattern: "^([0-7][0-9A-HJKMNP-TV-Z]{25})?$")),
    ]
    static let submit: [Self] = [
        .header(
            "Idempotency-Key",
            "The same key within a day is the same request: 1 to 200 visible characters, quoted or not",
            ["type": "string", "pattern": "^(\"[!#-~]{1,198}\"|[!#-~][!-~]{0,199})$"]),
        .header(
            "traceparent", "W3C trace context; kept with the job. One that is malformed is ignored", ["type": "string"]),
    ]
}
