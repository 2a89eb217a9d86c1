import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// Jobs followed live, as users do it, on a real system behind HAProxy.
@Suite(.serialized) struct JobEventTests {
    @Test("a job is followed through HAProxy with curl -N, and from another API where the first stream broke off")
    func follow() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let curl = cluster.curl
        let id = try #require(
            try curl.post("/jobs", #"{"type":"progress","payload":{"steps":20,"seconds":4}}"#).string("job_id"))
        let file = "\(cluster.directory.path)/events"
        let stream = try ChildProcess.start(
            "curl", ["-sN", "--max-time", "30", "\(cluster.balancer.url)/jobs/\(id)/events"], output: file)
        // It is there while the job goes on: nothing on the way gathers it.
        let seen = try eventually("the first steps") {
            let text = TestOutput.text(file)
            return text.contains("step 2 of 20 is done") ? text : nil
        }
        #expect(try curl.get("/jobs/\(id)").string("status") == "running")
        stream.signal(SIGKILL)
        _ = stream.wait(milliseconds: 5000)
        // The last event may not have come as a whole.
        let whole = String(seen[..<(seen.ranges(of: "\n\n").last?.lowerBound ?? seen.endIndex)])
        let last = try #require(whole.split(separator: "\nid: ").last?.prefix { $0 != "\n" })
        // The balancer takes turns: this is the other API.
        let rest = try curl.run(["-sN", "-H", "Last-Event-ID: \(last)", "\(cluster.balancer.url)/jobs/\(id)/events"])
        #expect(rest.status == 200)
        #expect(rest.headers.contains("content-type: text/event-stream"))
        let lines = (whole + "\n\n" + rest.body).steps
        #expect(lines == (1...20).map { "step \($0) of 20 is done" }, "each line once, in order")
        #expect(rest.body.contains("event: end\n"))
        let end = try #require(rest.body.split(separator: "\nid: ").last?.prefix { $0 != "\n" })
        let over = try curl.run(["-sN", "-H", "Last-Event-ID: \(end)", "\(cluster.balancer.url)/jobs/\(id)/events"])
        #expect(over.status == 204)
    }

    @Test("a submit and a look wait for the end through HAProxy, on whichever node it runs")
    func wait() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let slow = #"{"type":"sleep","payload":{"seconds":0.5}}"#
        for _ in 0..<3 {
            let reply = try cluster.curl.post("/jobs", slow, ["-H", "Prefer: wait=20"])
            #expect(reply.status == 200)
            #expect(reply.string("status") == "done")
            #expect(reply.headers.contains("preference-applied: wait=20"))
            let id = try #require(try cluster.curl.post("/jobs", slow).string("job_id"))
            let look = try cluster.curl.run(["-s", "-H", "Prefer: wait=20", "\(cluster.balancer.url)/jobs/\(id)"])
            #expect(look.string("status") == "done")
        }
    }

    @Test("streams end at once when their API is told to stop")
    func stop() throws {
        let cluster = try TestCluster()
        defer { withExtendedLifetime(cluster) {} }
        let id = try #require(
            try cluster.curl.post("/jobs", #"{"type":"sleep","payload":{"seconds":60}}"#).string("job_id"))
        let address = try #require(try cluster.apis[0].ready()["http"])
        let file = "\(cluster.directory.path)/events"
        let stream = try ChildProcess.start(
            "curl", ["-sN", "--max-time", "60", "\(address)/jobs/\(id)/events"], output: file)
        _ = try eventually("the stream") { TestOutput.text(file).contains("running") ? true : nil }
        cluster.apis[0].process.signal(SIGTERM)
        #expect(stream.wait(milliseconds: 20_000) == 0, "an orderly end")
    }
}

extension String {
    /// The texts of the events of kind `log` that tell of a step.
    fileprivate var steps: [String] {
        split(separator: #""text":""#).dropFirst().map { String($0.prefix { $0 != "\"" }) }
            .filter { $0.hasPrefix("step ") }
    }
}
