import RoostJobs
import Testing

@testable import RoostAPI

@Suite("a client that sends more than may be is refused early, and no more than a limit is held of it")
struct FloodTests {
    @Test(
        "a body without end is refused within its limit, on every route",
        arguments: ["/jobs", "/jobs/bulk", "/api/v1/work", "/batches", "/nothing"])
    func endlessBody(path: String) async throws {
        var rig = APIRig()
        rig.configuration.maximumBodyBytes = 100_000
        rig.configuration.maximumBulkBytes = 300_000
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 0x20, count: 65_536) + Array("\r\n".utf8)
        let (sent, reply) = try await rig.live { port in
            let connection = try RawConnection(port: port)
            connection.send("POST \(path) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            var sent = 0
            while sent < 1 << 30, connection.send(chunk) { sent += chunk.count }
            return (sent, try connection.rest())
        }
        // The limit twice, for what is read after the refusal, and what the kernel holds: here some megabytes.
        #expect(sent < 64 << 20)
        #expect(reply.isEmpty || reply.hasPrefix("HTTP/1.1 413 ") || reply.hasPrefix("HTTP/1.1 404 "))
    }

    @Test("a body just over its limit is refused with a word, at the first byte too many")
    func justOver() async throws {
        var rig = APIRig()
        rig.configuration.maximumBodyBytes = 1000
        let chunks = "3e8\r\n" + String(repeating: " ", count: 1000) + "\r\n1\r\n{"
        let reply = try await rig.conversation(
            "POST /jobs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
        #expect(reply.hasPrefix("HTTP/1.1 413 "))
        #expect(reply.contains(#"{"error":"The body has more than 1000 bytes"}"#))
    }

    @Test(
        "a head over a limit is 414 or 431 and held no further",
        arguments: [
            ("GET /", "a", 414), ("GET / HTTP/1.1\r\nX: ", "a", 431), ("GET / HTTP/1.1\r\n", "X: a\r\n", 431),
            ("", "A", 414), ("GET / HTTP/1.1\r\nHost: a\r\n", "A", 431),
        ])
    func endlessHead(start: String, more: String, status: Int) async throws {
        var rig = APIRig()
        rig.configuration.maximumHeaderBytes = 4096
        rig.configuration.maximumHeaderFields = 20
        let text = start + String(repeating: more, count: 5000 / more.utf8.count)
        let reply = try await rig.conversation(text)
        #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
        #expect(rig.configuration.metrics.connections.reading.mostHeldBytes <= 4096)
    }

    @Test("a path longer than allowed is 414 although the head is whole")
    func longTarget() async throws {
        let path = String(repeating: "a", count: 9000)
        let reply = try await APIRig().conversation("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 414 "))
    }

    @Test("many connections with half a head hold so many halves, and nothing once they are gone")
    func manyHalves() async throws {
        let rig = APIRig()
        let half = "POST /jobs HTTP/1.1\r\nHost: a\r\nX: "
        let meter = rig.configuration.metrics.connections
        let most = try await rig.live { port in
            let connections = try (0..<200).map { _ in try RawConnection(port: port) }
            for connection in connections { connection.send(half) }
            // Answered on the same loops behind them.
            for connection in connections {
                connection.send("a\r\n\r\n")
                _ = try connection.receive()
            }
            return meter.reading.mostHeldBytes
        }
        #expect(most <= 200 * (half.utf8.count + 5))
        #expect(meter.reading.heldBytes == 0)
    }

    @Test("connections beyond the cap are told so, and served again when others have left")
    func cap() async throws {
        var rig = APIRig()
        // One is the test client's own.
        rig.configuration.maximumConnections = 3
        let request = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        let (inside, beyond, later) = try await rig.live { port in
            var connections = try (0..<2).map { _ in try RawConnection(port: port) }
            let inside = try connections.map { connection in
                connection.send(request)
                return try connection.receive(until: "OK\"}")
            }
            let beyond = try RawConnection(port: port).rest()
            connections.removeAll()
            // A connection that has gone is noticed on its loop, a moment later.
            var later = ""
            for _ in 0..<10_000 where !later.hasPrefix("HTTP/1.1 200 ") {
                let connection = try RawConnection(port: port)
                connection.send("GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                later = try connection.rest()
            }
            return (inside, beyond, later)
        }
        #expect(inside.allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        #expect(beyond.hasPrefix("HTTP/1.1 503 ") && beyond.contains("Retry-After: 1"))
        #expect(later.hasPrefix("HTTP/1.1 200 "))
    }
}
