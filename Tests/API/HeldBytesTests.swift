import Glibc
import HTTPTypes
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("what all requests hold in memory together is bounded")
struct HeldBytesTests {
    static let size = 60_000

    /// A rig that may hold little more than the jobs of the largest bulk.
    private static func rig() -> APIRig {
        var rig = APIRig()
        rig.configuration.maximumBodyBytes = 64 << 10
        rig.configuration.maximumBulkBytes = 64 << 10
        rig.configuration.maximumHeldBytes = 0
        // However busy the machine is, nobody is turned away for another reason.
        rig.configuration.maximumQueueing = .seconds(600)
        rig.configuration.bodyDeadline = .seconds(600)
        return rig
    }

    private static let body = #"{"payload":{"p":""# + String(repeating: "a", count: size - 20) + #""}}"#

    private static func head(_ length: Int) -> String {
        "POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n"
    }

    /// All of the body but the end.
    private static let sent = body.utf8.count - 1

    /// Returns when as many are held as there should be.
    private static func wait(_ rig: APIRig, until isReached: (Int) -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while !isReached(rig.configuration.metrics.held.count) {
            try #require(ContinuousClock.now < deadline, "\(rig.configuration.metrics.held.count) are held")
            usleep(100)
        }
    }

    private static func begin(_ port: Int, _ count: Int = sent) throws -> RawConnection {
        let connection = try RawConnection(port: port)
        connection.send(head(body.utf8.count) + body.prefix(count))
        return connection
    }

    @Test("when bodies hold as much as they may, one more is 503 before it is read, and served once they are answered")
    func door() async throws {
        let rig = Self.rig()
        let (limit, held) = (rig.configuration.heldBytes, rig.configuration.metrics.held)
        let (broken, refused, look, later) = try await rig.live { port in
            let slow = try (0..<limit / Self.sent).map { _ in try Self.begin(port) }
            try Self.wait(rig) { $0 >= slow.count * Self.sent }
            // One too many: its route is told so in the middle of its body.
            let broken = try Self.begin(port).rest()
            try Self.wait(rig) { $0 <= slow.count * Self.sent }
            let last = try Self.begin(port, limit - held.count)
            try Self.wait(rig) { $0 >= limit }
            let other = try RawConnection(port: port)
            other.send(Self.head(14) + #"{"payload":{}}"#)
            let refused = try other.receive(until: "time\"}")
            // Those without a body need no room.
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            let look = try other.receive(until: "[]")
            for connection in slow {
                connection.send(String(Self.body.suffix(1)))
                #expect(try connection.receive(until: "job_id").hasPrefix("HTTP/1.1 202 "))
            }
            last.finish()
            _ = try last.rest()
            try Self.wait(rig) { $0 <= 0 }
            other.send(Self.head(14) + #"{"payload":{}}"#)
            return (broken, refused, look, try other.receive(until: "job_id"))
        }
        for reply in [refused, broken] {
            #expect(reply.hasPrefix("HTTP/1.1 503 ") && reply.contains("Retry-After: 1"), "\(reply)")
        }
        #expect(broken.hasSuffix(#"{"error":"Requests hold too much memory at a time"}"#))
        #expect(look.hasPrefix("HTTP/1.1 200 ") && later.hasPrefix("HTTP/1.1 202 "))
        #expect(rig.configuration.metrics.connections.reading.refusals[.memory] == 1)
    }

    @Test("a connection that goes in the middle of a body lets go of what it held, chunked or not")
    func gone() async throws {
        let rig = Self.rig()
        try await rig.live { port in
            let connections = try (0..<20).map { index in
                let connection = try RawConnection(port: port)
                if index % 2 == 0 {
                    connection.send(Self.head(1000) + "abc")
                } else {
                    connection.send(
                        "POST /jobs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                }
                return connection
            }
            try Self.wait(rig) { $0 >= 110 }
            _ = connections.count
        }
        while rig.configuration.metrics.held.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("the jobs of a bulk count until it is answered: one without room is 503, and nothing of it is accepted")
    func bulk() async throws {
        let rig = Self.rig()
        let limit = rig.configuration.heldBytes
        let held = rig.configuration.metrics.held
        #expect(held.add(limit - 1000, limit: limit))
        let refused = try await rig.post("/jobs/bulk", #"[{"payload":{}},{"payload":{}},{"payload":{}}]"#)
        #expect(refused.status == 503 && refused.headers[.retryAfter] == "1", "\(refused.text)")
        held.remove(limit - 1000)
        #expect(held.count == 0)
        #expect(try await rig.store.counts().totals.enqueued == 0)
        #expect(try await rig.post("/jobs/bulk", #"[{"payload":{}}]"#).status == 202)
        #expect(held.count == 0)
    }

    @Test("a long reply counts until its reader has taken it; one without room is 503")
    func replies() async throws {
        let rig = Self.rig()
        let payload = Array((#"{"p":""# + String(repeating: "a", count: 1 << 20 - 100) + #""}"#).utf8)
        _ = try await rig.store.enqueue((0..<20).map { _ in NewJob(type: "a", payload: payload) })
        let list = "GET /jobs?per_page=20 HTTP/1.1\r\nHost: a\r\n\r\n"
        let limit = rig.configuration.heldBytes
        #expect(limit < 20 << 20)
        // Whatever a single reply holds, one is too long for this rig.
        let (refused, short) = try await rig.live { port in
            let reader = try RawConnection(port: port)
            reader.send(list)
            let refused = try reader.receive(until: "time\"}")
            reader.send("GET /jobs?per_page=3 HTTP/1.1\r\nHost: a\r\n\r\n")
            let short = try reader.receive(until: "]")
            try Self.wait(rig) { $0 <= 0 }
            return (refused, short)
        }
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("Retry-After: 1"))
        #expect(short.hasPrefix("HTTP/1.1 200 "))
    }
}
