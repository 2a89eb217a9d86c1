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

    @Test(
        "a length no body can have is refused before the body",
        arguments: ["99999999", "9223372036854775807", "9223372036854775808", "99999999999999999999999"])
    func absurdLength(length: String) async throws {
        let reply = try await rig.conversation("POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 413 "))
    }

    @Test("two requests sent at once are answered in order, and a bad one after them in its turn")
    func pipelined() async throws {
        let good = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /version HTTP/1.1\r\nHost: a\r\n\r\n"
        let reply = try await rig.conversation(good + "GET / HTTP/1.1\r\n\r\n" + good)
        #expect(reply.replies == 3)
        let parts = [#"{"status":"OK"}"#, #""version":"1.2.3""#, "exactly one Host"].map { reply.firstRange(of: $0) }
        #expect(parts.allSatisfy { $0 != nil })
        #expect(parts.compactMap { $0?.lowerBound } == parts.compactMap { $0?.lowerBound }.sorted())
    }

    @Test(
        "a connection is closed after the reply when its client wants that",
        arguments: [
            "HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1\r\nHost: a\r\nConnection: Foo, Close\r\n\r\n",
            "HTTP/1.0\r\n\r\n",
        ])
    func closing(head: String) async throws {
        let reply = try await rig.conversation("GET /readyz \(head)GET /readyz \(head)")
        #expect(reply.replies == 1 || reply.hasPrefix("HTTP/1.0 200 "))
        #expect(reply.hasSuffix(#"{"status":"OK"}"#))
    }

    @Test("a client that waits for leave to send its body gets it")
    func expectation() async throws {
        let (first, second) = try await rig.live { port in
            let connection = try RawConnection(port: port)
            connection.send("POST /jobs HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 14\r\n\r\n")
            let leave = try connection.receive(until: "\r\n\r\n")
            connection.send(#"{"payload":{}}"#)
            return (leave, try connection.receive(until: "job_id"))
        }
        #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
        #expect(second.hasPrefix("HTTP/1.1 202 "))
    }

    @Test("a client that offers another protocol is answered in this one, again and again")
    func upgrade() async throws {
        let fields =
            "Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
        let replies = try await rig.live { port in
            let connection = try RawConnection(port: port)
            return try (0..<2).map { _ in
                connection.send("GET /livez HTTP/1.1\r\n\(fields)")
                return try connection.receive(until: "OK\"}")
            }
        }
        #expect(replies.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
    }

    @Test("a probe of HTTP/1.0 needs no Host")
    func probe() async throws {
        #expect(try await rig.conversation("GET /readyz HTTP/1.0\r\n\r\n").contains(" 200 "))
    }
}
