import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// What holds for queues, on a real system, set through HTTP and on the command line.
@Suite(.serialized) struct QueueFeatureTests {
    @Test(
        "priorities, pauses, pools, limits, tenants' turns and quotas hold over all nodes",
        arguments: Arena.Kind.allCases)
    func queues(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind)
        try pauses(arena)
        try priorities(arena)
        try pools(arena)
        try concurrency(arena)
        try rates(arena)
        try tenants(arena)
        try quotas(arena)
        try arena.finish()
    }

    private func set(_ arena: Arena, _ queue: String, _ settings: String) throws {
        let reply = try arena.curl.run(["-s", "-X", "PATCH", "\(arena.curl.base)/queues/\(queue)", "-d", settings])
        #expect(reply.status == 200, "\(reply.body)")
    }

    private func pauses(_ arena: Arena) throws {
        for (pause, resume) in [
            (
                { try arena.curl.post("/queues/held/pause", "").status == 200 },
                { try arena.curl.post("/queues/held/resume", "").status == 200 }
            ),
            (
                { try arena.roost(["queue", "pause", "held"]).status == 0 },
                { try arena.roost(["queue", "resume", "held"]).status == 0 }
            ),
        ] {
            #expect(try pause())
            let id = try arena.submit(#""type":"noop","payload":{},"queue":"held""#)
            #expect(try arena.why(id).contains("paused"))
            #expect(try arena.roost(["job", "why", id]).text.contains("Queue held is paused"))
            // What came later in another queue has run: this one would have.
            _ = try arena.job(try arena.submit(#""type":"noop","payload":{}"#), is: "done")
            #expect(try arena.job(id)?.status == "queued")
            #expect(try resume())
            _ = try arena.job(id, is: "done")
        }
    }

    /// One at a time, so that the order of the starts is the order of the claims.
    private func priorities(_ arena: Arena) throws {
        try set(arena, "one", #"{"concurrency":1,"paused":true}"#)
        let ids =
            try [9, 2].map { try arena.submit(#""type":"noop","payload":{},"queue":"one","priority":\#($0)"#) }
            + [5, 1].map { try arena.enqueue(["noop", "--queue", "one", "--priority", "\($0)"]) }
        #expect(try arena.roost(["queue", "resume", "one"]).status == 0)
        #expect(JobView.order(try arena.ended(ids), by: "priority") == ["1", "2", "5", "9"])
    }

    /// A busy queue with slots of its own takes none of the others'.
    private func pools(_ arena: Arena) throws {
        let nodes = arena.kind == .up ? 1 : 2
        let body = #""type":"sleep","payload":{"seconds":60},"queue":"media""#
        let media = try arena.bulk(Array(repeating: body, count: 2 * nodes))
        let running = try eventually("every node to have one") { () -> [JobView]? in
            let jobs = try arena.list("queue=media&status=running")
            return jobs.count == nodes ? jobs : nil
        }
        #expect(Set(running.map(\.member)).count == nodes, "\(running)")
        #expect(try arena.roost(["enqueue", "noop", "--wait"]).status == 0)
        #expect(try arena.list("queue=media&status=running").count == nodes)
        for id in media.reversed() { #expect(try arena.roost(["job", "cancel", id]).status == 0) }
        #expect(try arena.ended(media).allSatisfy { $0.status == "cancelled" })
    }

    private func concurrency(_ arena: Arena) throws {
        for change in [
            { try set(arena, "one", #"{"concurrency":1}"#) },
            {
                let reply = try arena.roost(["queue", "set", "one", "--concurrency", "2", "--clear", "rate"])
                #expect(reply.status == 0 && reply.text.contains("concurrency 2"), "\(reply)")
            },
        ] as [() throws -> Void] {
            try change()
            let list = JobView(try arena.curl.get("/queues/one"))
            let limit = try #require(list?.int("concurrency"))
            let body = #""type":"sleep","payload":{"seconds":0.15},"queue":"one""#
            let ids = try arena.bulk(Array(repeating: body, count: 2 * limit + 1))
            let last = try #require(ids.last)
            let reasons = try arena.why(last)
            #expect(reasons.contains("concurrency") || reasons.contains("position"), "\(reasons)")
            let jobs = try arena.ended(ids)
            #expect(JobView.overlap(jobs) == limit, "\(jobs)")
        }
    }

    private func rates(_ arena: Arena) throws {
        try set(arena, "rated", #"{"rate":{"count":5,"period":1}}"#)
        let reply = try arena.roost(["queue", "set", "rates", "--rate", "5/s"])
        #expect(reply.status == 0 && reply.text.contains("rate 5/1s"), "\(reply)")
        let queues = ["rated", "rates"]
        let ids = try queues.map { queue in
            try arena.bulk(Array(repeating: #""type":"noop","payload":{},"queue":"\#(queue)""#, count: 7))
        }
        let reasons = try arena.why(try #require(ids[0].last))
        #expect(reasons.contains("rate"), "\(reasons)")
        for ids in ids {
            let jobs = try arena.ended(ids)
            #expect(JobView.starts(jobs, in: .seconds(1)) <= 5, "\(jobs)")
        }
    }

    /// Tenants take turns, whoever came first with however many; and each has its own limit.
    private func tenants(_ arena: Arena) throws {
        try set(arena, "fair", #"{"concurrency":1,"paused":true}"#)
        let many = try arena.bulk(
            Array(repeating: #""type":"noop","payload":{},"queue":"fair","tenant":"a""#, count: 4))
        let few = try ["b", "c"].flatMap { tenant in
            try (0..<2).map { _ in try arena.enqueue(["noop", "--queue", "fair", "--tenant", tenant]) }
        }
        #expect(try arena.curl.post("/queues/fair/resume", "").status == 200)
        #expect(JobView.order(try arena.ended(many + few), by: "tenant") == ["a", "b", "c", "a", "b", "c", "a", "a"])

        let reply = try arena.roost(
            ["queue", "set", "fair", "--tenant-concurrency", "1", "--clear", "concurrency"])
        #expect(reply.status == 0, "\(reply)")
        let jobs = try arena.ended(
            try arena.bulk(
                ["a", "a", "b", "b"].map {
                    #""type":"sleep","payload":{"seconds":0.15},"queue":"fair","tenant":"\#($0)""#
                }))
        for (_, jobs) in Dictionary(grouping: jobs, by: { $0.text("tenant") ?? "" }) {
            #expect(JobView.overlap(jobs) == 1, "\(jobs)")
        }
    }

    private func quotas(_ arena: Arena) throws {
        try set(arena, "small", #"{"quota":2,"paused":true}"#)
        let ids = try (0..<2).map { _ in try arena.enqueue(["noop", "--queue", "small"]) }
        let refused = try arena.curl.post("/jobs", #"{"type":"noop","payload":{},"queue":"small"}"#)
        #expect(refused.status == 429, "\(refused)")
        #expect(try arena.roost(["enqueue", "noop", "--queue", "small"]).status == 75)
        #expect(try arena.roost(["queue", "set", "small", "--clear", "quota"]).status == 0)
        let more = try arena.enqueue(["noop", "--queue", "small"])
        try set(arena, "small", #"{"paused":false}"#)
        #expect(try arena.ended(ids + [more]).allSatisfy { $0.status == "done" })
    }
}
