extension Operation {
    private static let node = Parameter.path("node", "The member's name, as `GET /nodes` has it", .text)
    private static let replies: [Reply] = [
        .ok("What it does now, and how many jobs it still runs", .ref("NodeState")), .notFound,
        .fault(409, "It runs no jobs, or it is stopping"), .fault(503, "It did not answer"),
    ]

    static let drainNode = Operation(
        id: "drainNode", tag: .cluster, summary: "Have a node claim no more jobs",
        text: "What runs goes on, and the process stays: stop it when it is idle. One that starts again claims.",
        parameters: [node], responses: replies)
    static let undrainNode = Operation(
        id: "undrainNode", tag: .cluster, summary: "Have a node claim jobs again", parameters: [node],
        responses: replies)
}
