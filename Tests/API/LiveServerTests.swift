import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RoostAPI
import RoostJobs
import Synchronization
import Testing

@Suite("over a real connection")
struct LiveServerTests {
    let rig = APIRig()

    @Test("a job goes in and comes out, on one connection, under the server's name")
    func roundTrip() async throws {
        try await rig.application().test(.live) { client in
            // As `curl -d` sends it.
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let reply = Reply(
                try await client.execute(
                    uri: "/api/v1/work", method: .post, headers: form, body: ByteBuffer(string: #"{"data":"foo"}"#)))
            #expect(reply.status == 202)
            #expect(try reply.header("Server") == "roost")
            #expect(try reply.string("callback") == WorkRoutesTests.foo)
            let status = Reply(try await client.execute(uri: "/api/v1/work/\(WorkRoutesTests.foo)", method: .get))
            #expect(status.text == #"{"status":"pending"}"#)
        }
    }

    @Test("a body that comes in many pieces is put together")
    func pieces() async throws {
        let payload = #"{"a":"\#(String(repeating: "é", count: 400_000))"}"#
        try await rig.application().test(.live) { client in
            let body = ByteBuffer(string: #"{"payload":\#(payload)}"#)
            let reply = Reply(try await client.execute(uri: "/jobs", method: .post, body: body))
            let id = try #require(try reply.string("job_id"))
            let job = Reply(try await client.execute(uri: "/jobs/\(id)", method: .get))
            #expect(try job.raw("payload") == payload)
        }
    }

    @Test("HEAD has the headers of GET and no body")
    func head() async throws {
        try await rig.application().test(.live) { client in
            let reply = Reply(try await client.execute(uri: "/livez", method: .head))
            #expect(reply.status == 200)
            #expect(reply.bytes.isEmpty)
            #expect(try reply.header("Content-Length") == "15")
        }
    }

    @Test("a length no body can have is refused before the body", arguments: ["99999999", "9223372036854775807"])
    func absurdLength(length: String) async throws {
        try await rig.raw("POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n") { reply in
            #expect(reply.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(
        "a head that is not HTTP, or has no or two Hosts, is 400",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "nonsense\r\n\r\n",
            "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        ])
    func badHead(head: String) async throws {
        try await rig.raw(head) { reply in #expect(reply.hasPrefix("HTTP/1.1 400 ")) }
    }

    @Test("a probe of HTTP/1.0 needs no Host")
    func probe() async throws {
        try await rig.raw("GET /readyz HTTP/1.0\r\n\r\n") { reply in #expect(reply.contains(" 200 ")) }
    }

    @Test("a connection that says nothing is closed")
    func idle() async throws {
        var rig = rig
        rig.configuration.idleTimeout = .milliseconds(50)
        try await rig.raw("GET / HTTP/1.1\r\nHos") { reply in #expect(reply.isEmpty) }
    }
}
