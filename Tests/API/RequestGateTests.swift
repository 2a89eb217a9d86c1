import Glibc
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("so many requests are served at a time")
struct RequestGateTests {
    @Test("a place is taken once and given back once")
    func places() {
        let gate = RequestGate()
        let first = gate.enter(limit: 2)
        var second = gate.enter(limit: 2)
        #expect(first != nil && second != nil && gate.enter(limit: 2) == nil && gate.count == 2)
        first?.leave()
        first?.leave()
        #expect(gate.count == 1)
        // One that is forgotten has left.
        second = nil
        #expect(second == nil && gate.count == 0)
        #expect(gate.enter(limit: 0) != nil)
    }

    @Test("requests beyond the limit are 503 at once, probes are not, and the others are served when it is over")
    func overload() async throws {
        let gate = AsyncStream<Void>.makeStream()
        var rig = APIRig()
        rig.configuration.maximumRequests = 1
        rig.streams = {
            for await _ in gate.stream { break }
            return Array("{}".utf8)
        }
        let held = rig
        let (refused, probe, first, later) = try await held.live { port in
            let slow = try RawConnection(port: port)
            slow.send("GET /jobs/stats HTTP/1.1\r\nHost: a\r\n\r\n")
            while held.configuration.metrics.gate.count == 0 { usleep(1000) }
            let other = try RawConnection(port: port)
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            let refused = try other.receive(until: "}")
            other.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            let probe = try other.receive(until: "}")
            gate.continuation.yield()
            let first = try slow.receive(until: "{}")
            while held.configuration.metrics.connections.requestsUnderWay > 0 { usleep(1000) }
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            return (refused, probe, first, try other.receive(until: "[]"))
        }
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("Retry-After: 1"))
        #expect(refused.hasSuffix(#"{"error":"Too many requests at a time"}"#))
        for reply in [probe, first, later] { #expect(reply.hasPrefix("HTTP/1.1 200 ")) }
    }
}
