import Glibc
import HummingbirdCore
import Logging
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostAPI

@Suite("a poll for leases waits, and loses nothing when it ends early")
struct LeasePollTests {
    let rig = APIRig()

    private static func poll(_ body: String) -> String {
        "POST /leases HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// Waits until that many requests wait.
    private static func waiting(_ count: Int, _ rig: APIRig) {
        let deadline = ContinuousClock.now + .seconds(10)
        while rig.configuration.metrics.waiting.count != count, ContinuousClock.now < deadline { usleep(1000) }
        #expect(rig.configuration.metrics.waiting.count == count)
    }

    @Test("a job that comes while a worker waits is handed to it, and its connection goes on")
    func arrives() async throws {
        let rig = rig
        let (first, second) = try await rig.live { port in
            let worker = try RawConnection(port: port)
            worker.send(Self.poll(#"{"wait":30}"#))
            Self.waiting(1, rig)
            let producer = try RawConnection(port: port)
            producer.send("POST /jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 14\r\n\r\n{\"payload\":{}}")
            _ = try producer.receive(until: "job_id")
            let first = try worker.receive(until: "lease_id")
            worker.send(Self.poll("{}"))
            return (first, try worker.receive(until: #"{"leases":[]}"#))
        }
        #expect(first.hasPrefix("HTTP/1.1 200 ") && second.hasPrefix("HTTP/1.1 200 "))
        #expect(try await rig.store.counts()[.running] == 1)
    }

    @Test("a poll without a job is an empty list when its time is over")
    func over() async throws {
        let reply = try await rig.live { port in
            let worker = try RawConnection(port: port)
            worker.send(Self.poll(#"{"wait":0.01}"#))
            return try worker.receive(until: "]}")
        }
        #expect(reply.hasSuffix(#"{"leases":[]}"#))
    }

    @Test("a worker that hangs up while it waits is handed nothing")
    func hangsUp() async throws {
        let rig = rig
        try await rig.live { port in
            var worker: RawConnection? = try RawConnection(port: port)
            worker?.send(Self.poll(#"{"wait":30,"worker":"gone"}"#))
            Self.waiting(1, rig)
            worker = nil
            Self.waiting(0, rig)
        }
        let id = try await rig.submit()
        try await eventually("the job to be back") { try await rig.job(id).state == .queued }
        #expect(try await rig.job(id).attempt == 0)
    }

    @Test("jobs that were claimed for a client that left go back, whichever comes first")
    func race() async throws {
        let claimer = LeaseClaimer(store: rig.store, readiness: rig.readiness, logger: .init(label: "test"))
        for wait in [Duration.zero, .seconds(30)] {
            let id = try await rig.submit()
            let client = ClientPresence()
            client.leave()
            let request = ClaimRequest(queues: ["default"], limit: 1, worker: "w", lease: .seconds(60), wait: wait)
            #expect(try await claimer.claim(request, for: client).isEmpty)
            #expect(try await rig.job(id).state == .queued)
            #expect(try await rig.job(id).attempt == 0)
            _ = try await rig.store.delete(id)
        }
    }

    @Test("jobs whose reply cannot be written go back")
    func unwritable() async throws {
        let id = try await rig.submit()
        let claim = try await rig.claim()
        let claimer = LeaseClaimer(store: rig.store, readiness: rig.readiness, logger: .init(label: "test"))
        await #expect(throws: BrokenWriter.Broken.self) {
            let handover = Handover(claimer: claimer, claims: [claim])
            try await claimer.reply(JSONWriter(), handover).body.write(BrokenWriter())
        }
        try await eventually("the job to be back") { try await rig.job(id).state == .queued }
        #expect(try await rig.job(id).attempt == 0)
    }

    @Test("polls end when the node drains")
    func drains() async throws {
        let rig = rig
        let reply = try await rig.live { port in
            let worker = try RawConnection(port: port)
            worker.send(Self.poll(#"{"wait":30}"#))
            Self.waiting(1, rig)
            rig.readiness.drain()
            return try worker.receive(until: "]}")
        }
        #expect(reply.hasSuffix(#"{"leases":[]}"#))
    }

    @Test("polls take no place from other requests, and there is a limit to them as well")
    func places() async throws {
        var rig = rig
        rig.configuration.maximumRequests = 1
        rig.configuration.maximumWaiting = 1
        let settled = rig
        let (probe, refused) = try await settled.live { port in
            let worker = try RawConnection(port: port)
            worker.send(Self.poll(#"{"wait":30}"#))
            Self.waiting(1, settled)
            // Not under way any more as soon as its connection has heard that it waits.
            while settled.configuration.metrics.admission.count > 0 { usleep(1000) }
            let other = try RawConnection(port: port)
            other.send("GET /jobs HTTP/1.1\r\nHost: a\r\n\r\n")
            let probe = try other.receive(until: "[]")
            while settled.configuration.metrics.admission.count > 0 { usleep(1000) }
            other.send(Self.poll(#"{"wait":30}"#))
            let refused = try other.receive(until: "}")
            settled.readiness.drain()
            return (probe, refused)
        }
        #expect(probe.hasPrefix("HTTP/1.1 200 "))
        #expect(refused.hasPrefix("HTTP/1.1 503 ") && refused.contains("Retry-After: 1"))
    }
}
