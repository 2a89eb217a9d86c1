import RoostJobs
import Testing

@testable import RoostAPI

@Suite("a client that is slow, silent or never ends is let go of")
struct SlowClientTests {
    /// A rig whose deadline of one kind is short; the others are longer than any test.
    static func rig(_ change: (inout APIConfiguration) -> Void) -> APIRig {
        var rig = APIRig()
        rig.configuration.headerDeadline = .seconds(60)
        rig.configuration.bodyDeadline = .seconds(60)
        change(&rig.configuration)
        return rig
    }

    @Test("a head that does not arrive in time is 408, also when a byte comes now and then")
    func slowHead() async throws {
        let rig = Self.rig {
            $0.headerDeadline = .milliseconds(80)
            $0.lingerTime = .milliseconds(10)
        }
        #expect(try await rig.conversation("GET / HTTP/1.1\r\nHos").hasPrefix("HTTP/1.1 408 "))
        let (reply, sent) = try await rig.live { port in
            let connection = try RawConnection(port: port)
            connection.send("GET / HTTP/1.1\r\nX: ")
            var sent = 0
            // The bytes of a slow client: they move nothing. Sending fails once the server has closed.
            while sent < 50_000_000, connection.send("a") { sent += 1 }
            return (try connection.rest(), sent)
        }
        // The reset that so many unread bytes bring may overtake the reply.
        #expect(reply.isEmpty || reply.hasPrefix("HTTP/1.1 4"))
        #expect(sent < 50_000_000)
    }

    @Test("a body that does not arrive in time is 408")
    func slowBody() async throws {
        let rig = Self.rig { $0.bodyDeadline = .milliseconds(80) }
        for framing in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"pa"] {
            let reply = try await rig.conversation("POST /jobs HTTP/1.1\r\nHost: a\r\n\(framing)")
            #expect(reply.hasPrefix("HTTP/1.1 408 "))
            #expect(reply.contains(#"{"error":"The body did not arrive in time"}"#))
            #expect(reply.lowercased().contains("connection: close"))
        }
        #expect(try await rig.store.counts().total == 0)
    }

    @Test("a body nobody reads does not hold its connection either")
    func slowUnreadBody() async throws {
        let rig = Self.rig { $0.bodyDeadline = .milliseconds(80) }
        let reply = try await rig.conversation("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        #expect(reply.hasPrefix("HTTP/1.1 404 "))
        #expect(reply.replies == 1)
    }

    @Test("a connection that says nothing is closed without a word, before and after a request")
    func idle() async throws {
        let rig = Self.rig { $0.idleTimeout = .milliseconds(80) }
        #expect(try await rig.conversation("") == "")
        let reply = try await rig.conversation("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(reply.replies == 1 && reply.hasSuffix(#"{"status":"OK"}"#))
    }

    @Test("a request that takes its time to be answered is not idle")
    func longAnswer() async throws {
        var rig = Self.rig { $0.idleTimeout = .milliseconds(30) }
        let gate = AsyncStream<Void>.makeStream()
        rig.streams = {
            for await _ in gate.stream { break }
            return Array("{}".utf8)
        }
        let reply = try await rig.live { port in
            let slow = try RawConnection(port: port)
            slow.send("GET /jobs/stats HTTP/1.1\r\nHost: a\r\n\r\n")
            // This one is closed for its silence: so the other was silent for as long.
            let silent = try RawConnection(port: port)
            while try silent.receive() != nil {}
            let again = try RawConnection(port: port)
            while try again.receive() != nil {}
            gate.continuation.yield()
            return try slow.rest()
        }
        #expect(reply.hasPrefix("HTTP/1.1 200 "))
    }

    @Test(
        "a client that hangs up in the middle leaves nothing behind",
        arguments: ["GET / HT", "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"])
    func hangUp(text: String) async throws {
        let rig = APIRig()
        let rest = try await rig.live { port in
            let connection = try RawConnection(port: port)
            connection.send(text)
            connection.finish()
            return try connection.rest()
        }
        #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 400 "))
        #expect(rig.configuration.metrics.connections.reading.heldBytes == 0)
    }
}
