extension Operation {
    static let submitWork = Operation(
        id: "submitWork", tag: .work, summary: "Give data to be worked on",
        text: "The callback is a hash of the data: the same data while its result lives is the same work.",
        body: Body(
            schema: [
                "type": "object",
                "properties": ["data": ["type": ["string", "number", "boolean", "object", "array"]]],
                "required": ["data"], "additionalProperties": false,
            ]),
        responses: [
            .accepted("Somebody will", .ref("WorkAccepted")), .malformed, .tooSlow, .tooLarge,
            .fault(409, "Other data has the same callback"), .invalid, .full,
        ])
    static let getWork = Operation(
        id: "getWork", tag: .work, summary: "Ask for the result",
        parameters: [.path("callback", "What the submit gave", .text(pattern: "^[0-9A-Fa-f]{32}$")), .wait],
        responses: [
            .ok("How far it is", .ref("WorkStatus"), [.retryAfter, .applied]),
            .fault(404, "Never seen, or its time is over"),
        ])

    static let listWorkers = Operation(
        id: "listWorkers", tag: .cluster, summary: "List who is there to run jobs",
        responses: [.ok("The workers", .list(.ref("Worker")))])
    static let listNodes = Operation(
        id: "listNodes", tag: .cluster, summary: "List the members of the cluster",
        responses: [.ok("The members", .list(.ref("Node")))])
    static let getStats = Operation(
        id: "getStats", tag: .cluster, summary: "Count jobs", text: "From counters, never a scan.",
        responses: [.ok("The counts", .ref("Stats"))])
    static let getJobStats = Operation(
        id: "getJobStats", tag: .cluster, summary: "Look at streams and consumer groups",
        responses: [.ok("Streams where the store has them, else queues", .ref("JobStats"))])

    static let getRoot = Operation(
        id: "getRoot", tag: .health, summary: "Ask whether the server runs",
        responses: [Reply(status: 200, text: "It does", schema: .text, type: "text/plain")])
    static let getLive = Operation(
        id: "getLive", tag: .health, summary: "Ask whether the process lives",
        responses: [.ok("It does", .ref("Status"))])
    static let getReady = Operation(
        id: "getReady", tag: .health, summary: "Ask whether to send requests here",
        responses: [.ok("Yes", .ref("Status")), unready(.ref("Status"))])
    static let getHealth = Operation(
        id: "getHealth", tag: .health, summary: "Ask how the node is",
        responses: [.ok("Well", .ref("Health")), unready(.ref("Health"))])
    static let getVersion = Operation(
        id: "getVersion", tag: .health, summary: "Ask which version runs", responses: [.ok("This", .ref("Version"))])
    static let getMetrics = Operation(
        id: "getMetrics", tag: .health, summary: "Scrape metrics for Prometheus",
        responses: [
            Reply(status: 200, text: "Text exposition format, version 0.0.4", schema: .text, type: "text/plain")
        ])
    static let getDocument = Operation(
        id: "getDocument", tag: .health, summary: "This document",
        responses: [.ok("OpenAPI 3.1", ["type": "object"], [.tag]), .notModified])
    static let getDocs = Operation(
        id: "getDocs", tag: .health, summary: "This document for people",
        responses: [Reply(status: 200, text: "A page without scripts", schema: .text, type: "text/html")])

    private static func unready(_ schema: JSONValue) -> Reply {
        Reply(status: 503, text: "Not now", schema: schema, headers: [.retryAfter])
    }
}
