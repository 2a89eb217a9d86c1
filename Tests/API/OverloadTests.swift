import Glibc
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("so many requests are served at a time, and the others are told so at the door")
struct OverloadTests {
    /// A rig with one place, taken by `GET /jobs/stats` until the gate is opened.
    private static func full() -> (rig: APIRig, open: AsyncStream<Void>.Continuation) {
        let gate = AsyncStream<Void>.makeStream()
        var rig = APIRig()
        rig.configuration.maximumRequests = 1
        rig.streams = {
            for await _ in gate.stream { break }
            return Array("{}".utf8)
        }
        return (rig, gate.continuation)
    }

    private static func hold(_ rig: APIRig, _ port: Int) throws -> RawConnection {
        let slow = try RawConnection(port: port)
        slow.send("GET /jobs/stats HTTP/1.1\r\nHost: a\r\n\r\n")
        while rig.configuration.metrics.admission.reading.queued > 0 || rig.configuration.metrics.admission.count == 0 {
            usleep(1000)
        }
        return slow
    }

    @Test("requests beyond the limit are 503 at once, probes are not, and the others are served when it is over")
    func overload() async throws {
        let (rig, gate) = Self.full()
        let (refused, probe, first, later) = try await rig.live { port in
            let slow = try Self.hold(rig, port)
            let other = try RawConnection(port: port)
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            let refused = try other.receive(until: "}")
            other.send("GET /livez?a HTTP/1.1\r\nHost: a\r\n\r\n")
            let probe = try other.receive(until: "}")
            gate.yield()
            let first = try slow.receive(until: "{}")
            while rig.configuration.metrics.admission.count > 0 { usleep(1000) }
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            return (refused, probe, first, try other.receive(until: "[]"))
        }
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("Retry-After: 1"))
        #expect(refused.hasSuffix(#"{"error":"Too many requests at a time"}"#))
        for reply in [probe, first, later] { #expect(reply.hasPrefix("HTTP/1.1 200 ")) }
        #expect(rig.configuration.metrics.connections.reading.refusals[.overload] == 1)
    }

    @Test("the body of one that was turned away is passed over, in whatever pieces it comes, and nothing of it is done")
    func bodies() async throws {
        let (rig, gate) = Self.full()
        let job = #"{"payload":{}}"#
        let request = "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n\(job)"
        let (pieces, pipelined, head, later) = try await rig.live { port in
            let slow = try Self.hold(rig, port)
            let other = try RawConnection(port: port)
            for byte in Array(request.utf8) { other.send([byte]) }
            let pieces = try other.receive(until: "time\"}")
            other.send(request + request)
            var pipelined = try other.receive(until: "time\"}")
            while pipelined.replies < 2 || !pipelined.hasSuffix("time\"}") {
                pipelined += String(decoding: try other.receive() ?? [], as: UTF8.self)
            }
            other.send("HEAD /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = try other.receive(until: "\r\n\r\n")
            gate.yield()
            _ = try slow.receive(until: "{}")
            while rig.configuration.metrics.admission.count > 0 { usleep(1000) }
            other.send(request)
            return (pieces, pipelined, head, try other.receive(until: "job_id"))
        }
        #expect(pieces.hasPrefix("HTTP/1.1 503 ") && pipelined.replies == 2)
        #expect(head.hasPrefix("HTTP/1.1 503 ") && head.hasSuffix("Retry-After: 1\r\n\r\n"))
        #expect(later.hasPrefix("HTTP/1.1 202 "))
        #expect(try await rig.store.counts().totals.enqueued == 1)
    }

    @Test(
        "one whose body cannot be passed over cheaply is told that its connection closes",
        arguments: [
            "Content-Length: 1000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
            "Content-Length: 14\r\nExpect: 100-continue\r\n\r\n", "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
        ])
    func closing(rest: String) async throws {
        let (rig, gate) = Self.full()
        let reply = try await rig.live { port in
            let slow = try Self.hold(rig, port)
            let other = try RawConnection(port: port)
            other.send("POST /jobs HTTP/1.1\r\nHost: a\r\n\(rest)")
            other.finish()
            let reply = try other.rest()
            gate.yield()
            _ = try slow.receive(until: "{}")
            return reply
        }
        #expect(reply.hasPrefix("HTTP/1.1 503 ") && reply.contains("Connection: close"))
        #expect(reply.replies == 1 && reply.contains("Retry-After: 1"))
    }

    @Test("requests sent at once on one connection take one place, and all are answered, in order")
    func oneEach() async throws {
        var rig = APIRig()
        rig.configuration.maximumRequests = 1
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /jobs HTTP/1.1\r\nHost: a\r\n\r\n"
        let settled = rig
        let (reply, left) = try await rig.live { port in
            let connection = try RawConnection(port: port)
            connection.send(request + request)
            var reply = ""
            while reply.replies < 4 || !reply.hasSuffix("[]") {
                reply += String(decoding: try #require(try connection.receive()), as: UTF8.self)
            }
            while settled.configuration.metrics.admission.count > 0 { usleep(1000) }
            return (reply, settled.configuration.metrics.admission.reading.queued)
        }
        #expect(reply.replies == 4 && !reply.contains(" 503 ") && left == 0)
    }
}
