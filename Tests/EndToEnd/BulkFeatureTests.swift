import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Many jobs from the command line, alone and in a batch that is filled bit by bit.
@Suite(.serialized) struct BulkFeatureTests {
    @Test(
        "jobs are given by the line, and a batch is opened, filled, closed and called off",
        arguments: Arena.Kind.allCases)
    func bulk(_ kind: Arena.Kind) throws {
        let arena = try Arena(kind)
        try lines(arena)
        try refusals(arena)
        try opened(arena)
        try cancelled(arena)
        try arena.finish()
    }

    private func ids(_ text: String) -> [String] {
        text.split { $0.isWhitespace }.map(String.init).filter { JobID($0) != nil }
    }

    private func lines(_ arena: Arena) throws {
        let input = (1...25).map { #"{"type":"echo","payload":{"n":\#($0)}}"# }.joined(separator: "\n\n")
        let arguments = ["bulk", "--per-call", "10", "--idempotency-key", "bulk-1"]
        let reply = try arena.roost(arguments, input: input)
        #expect(reply.status == 0, "\(reply)")
        let ids = ids(reply.text)
        #expect(ids.count == 25)
        let jobs = try arena.ended(ids)
        #expect(jobs.map { $0.status } == Array(repeating: "done", count: 25))
        #expect(try arena.job(ids[24])?.raw("payload") == #"{"n":25}"#)
        #expect(try self.ids(arena.roost(arguments, input: input).text) == ids, "sent again, they are the same jobs")
    }

    private func refusals(_ arena: Arena) throws {
        let input = """
            {"type":"echo","payload":{}}

            {"type":"echo","payload":{},"priority":11}
            nonsense
            """
        let reply = try arena.roost(["bulk", "-"], input: input)
        #expect(reply.status == 65, "\(reply)")
        #expect(ids(reply.text).count == 1)
        #expect(reply.text.contains("line 3: Invalid job; priority must be"), "\(reply)")
        #expect(reply.text.contains("line 4: Malformed JSON"), "\(reply)")
        #expect(reply.text.contains("2 of 3 jobs were refused"))
        #expect(try arena.roost(["bulk"], input: "\n").status == 65)
        #expect(try arena.roost(["bulk", "/nowhere"]).status == 65)
        #expect(try arena.roost(["bulk", "--per-call", "0"], input: "{}").status == 64)
    }

    private func opened(_ arena: Arena) throws {
        let opened = try arena.roost(["batch", "open", "--name", "by-bits", "--on-success", #"{"type":"noop"}"#])
        let id = try #require(ids(opened.text).first, "\(opened)")
        for part in 1...2 {
            let input = (1...3).map { #"{"type":"echo","payload":{"n":\#(part * $0)}}"# }.joined(separator: "\n")
            let added = try arena.roost(["batch", "add", id], input: input)
            #expect(added.status == 0 && ids(added.text).count == 3, "\(added)")
        }
        #expect(try JobView(arena.curl.get("/batches/\(id)"))?.text("status") == "open")
        let closed = try arena.roost(["batch", "close", id])
        #expect(closed.status == 0 && closed.text.contains("total            6"), "\(closed)")
        let batch = try eventually("batch \(id) to end") {
            let batch = JobView(try arena.curl.get("/batches/\(id)"))
            return batch.flatMap { $0.text("status") == "done" ? $0 : nil }
        }
        _ = try arena.job(try #require(batch.text("on_success")), is: "done")
        let late = try arena.roost(["batch", "add", id], input: #"{"payload":{}}"#)
        #expect(late.status == 65 && late.text.contains("The batch is closed"), "\(late)")
        #expect(try arena.roost(["batch", "close", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]).status == 66)
    }

    private func cancelled(_ arena: Arena) throws {
        let opened = try arena.roost(["batch", "open", "--on-complete", #"{"type":"noop"}"#])
        let id = try #require(ids(opened.text).first, "\(opened)")
        let input =
            #"{"type":"sleep","payload":{"seconds":600}}"# + "\n"
            + #"{"type":"noop","payload":{},"delay":600}"#
        let members = ids(try arena.roost(["batch", "add", id], input: input).text)
        try #require(members.count == 2)
        _ = try arena.job(members[0], is: "running")
        let cancel = try arena.roost(["batch", "cancel", id, "--reason", "enough"])
        #expect(cancel.status == 0 && cancel.text.contains("1 cancelled, 1 told to stop"), "\(cancel)")
        let jobs = try arena.ended(members)
        #expect(jobs.map { $0.status } == ["cancelled", "cancelled"])
        let batch = try #require(JobView(try arena.curl.get("/batches/\(id)")))
        _ = try arena.job(try #require(batch.text("on_complete")), is: "done")
    }
}
