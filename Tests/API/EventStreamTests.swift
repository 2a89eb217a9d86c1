import Hummingbird
import HummingbirdTesting
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostAPI

@Suite("a job is followed live")
struct EventStreamTests {
    let rig = APIRig()

    /// Does `body` with a queued job and the port of a live server.
    private func follow(
        _ rig: APIRig, _ body: @escaping @Sendable (_ id: JobID, _ port: Int?) async throws -> Void
    ) async throws {
        let id = try await rig.submit()
        try await rig.application().test(.live) { client in try await body(id, client.port) }
    }

    @Test("state, progress and log come as they happen, and the end with the result closes the stream")
    func course() async throws {
        try await follow(rig) { [rig] id, port in
            let client = try await EventClient(port: port, path: "/jobs/\(id)/events")
            try await client.receive(until: #""status":"queued""#)
            let claim = try await rig.claim()
            try await client.receive(until: #""status":"running""#)
            _ = try await rig.store.note(claim.ticket, progress: Array(#"{"percent":5}"#.utf8), log: [])
            try await client.receive(until: "event: progress")
            _ = try await rig.store.note(claim.ticket, progress: nil, log: ["one", "two"])
            try await client.receive(until: #""text":"two"}"#)
            _ = try await rig.store.settle(claim.ticket, .succeeded(result: Array(#"{"a": 1}"#.utf8)))
            let text = try await client.rest()
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(text.lowercased().contains("content-type: text/event-stream\r\n"))
            #expect(client.body.hasPrefix("retry: 2000\n\n"))
            let events = client.events
            try #require(events.map(\.name) == ["state", "state", "progress", "log", "log", "state", "end"])
            #expect(events[2].data == #"{"percent":5}"#)
            #expect(events[6].data == #"{"id":"\#(id)","status":"done","result":{"a": 1},"error":null}"#)
            #expect(Set(events.map(\.id)).count == events.count)
            #expect(rig.configuration.metrics.streams.count == 0)
        }
    }

    @Test("who comes back, to another node too, gets no line twice and misses none")
    func resume() async throws {
        let other = rig
        try await follow(rig) { [rig] id, port in
            let first = try await EventClient(port: port, path: "/jobs/\(id)/events")
            let claim = try await rig.claim()
            _ = try await rig.store.note(claim.ticket, progress: [0x31], log: ["1", "2", "3"])
            try await first.receive(until: #""text":"3"}"#)
            let line = try #require(first.events.first { $0.data.contains(#""text":"2"}"#) })
            first.hangUp()
            _ = try await rig.store.note(claim.ticket, progress: nil, log: ["4", "5"])
            try await other.application().test(.live) { client in
                let second = try await EventClient(port: client.port, path: "/jobs/\(id)/events", lastID: line.id)
                try await second.receive(until: #""text":"5"}"#)
                #expect(second.events.map(\.name) == ["log", "log", "log"])
                _ = try await rig.store.settle(claim.ticket, .done)
                _ = try await second.rest()
                #expect(second.events.map(\.name) == ["log", "log", "log", "state", "end"])
                // Whoever has the end is told that there is nothing more, until there is.
                let last = try #require(second.events.last)
                let third = try await EventClient(port: client.port, path: "/jobs/\(id)/events", lastID: last.id)
                #expect(try await third.rest().hasPrefix("HTTP/1.1 204 "))
            }
        }
    }

    @Test("a job that was replayed is followed again by who saw its end")
    func replayed() async throws {
        try await follow(rig) { [rig] id, port in
            _ = try await rig.die("bad luck")
            let first = try await EventClient(port: port, path: "/jobs/\(id)/events")
            _ = try await first.rest()
            #expect(first.events.map(\.name) == ["state", "end"])
            #expect(first.events.last?.data.contains("bad luck") ?? false)
            _ = try await rig.store.replay(id)
            let second = try await EventClient(
                port: port, path: "/jobs/\(id)/events", lastID: try #require(first.events.last).id)
            try await second.receive(until: #""status":"queued""#)
            _ = try await rig.store.cancel(id, reason: "enough")
            _ = try await second.rest()
            #expect(second.events.map(\.name) == ["state", "state", "end"])
        }
    }

    @Test("a job that is deleted ends its stream; one that is not there has none")
    func gone() async throws {
        try await follow(rig) { [rig] id, port in
            let client = try await EventClient(port: port, path: "/jobs/\(id)/events")
            try await client.receive(until: "queued")
            _ = try await rig.store.delete(id)
            _ = try await client.rest()
            #expect(client.events.last?.data == #"{"id":"\#(id)","status":"gone"}"#)
            let other = try await EventClient(port: port, path: "/jobs/\(id)/events")
            #expect(try await other.rest().hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test("a last id that is none of ours is that of a client that has nothing")
    func foreignID() async throws {
        try await follow(rig) { id, port in
            for lastID in ["7", "a.b.c", "0.0.0.-1.0", "1.2.3.4.5.6", String(repeating: "9", count: 4000)] {
                let client = try await EventClient(port: port, path: "/jobs/\(id)/events", lastID: lastID)
                try await client.receive(until: "queued")
                client.hangUp()
            }
        }
    }

    @Test("a stream in which nothing happens shows that it lives")
    func keepAlive() async throws {
        var rig = rig
        rig.configuration.streamPing = .milliseconds(20)
        try await follow(rig) { id, port in
            let client = try await EventClient(port: port, path: "/jobs/\(id)/events")
            for _ in 0..<3 { try await client.receive(until: ": keep-alive\n\n") }
        }
    }

    @Test("more streams than may be open are refused, until one is left")
    func limit() async throws {
        var rig = rig
        rig.configuration.maximumStreams = 1
        try await follow(rig) { [rig] id, port in
            let path = "/jobs/\(id)/events"
            let first = try await EventClient(port: port, path: path)
            try await first.receive(until: "queued")
            let refusal = try await EventClient(port: port, path: path).rest()
            #expect(refusal.hasPrefix("HTTP/1.1 503 "))
            #expect(refusal.lowercased().contains("retry-after: 5\r\n"))
            first.hangUp()
            try await eventually("its place is free") { rig.configuration.metrics.streams.count == 0 }
            let second = try await EventClient(port: port, path: path)
            try await second.receive(until: "queued")
        }
    }

    @Test("streams end when the node drains, and begin on none that does")
    func draining() async throws {
        try await follow(rig) { [rig] id, port in
            let client = try await EventClient(port: port, path: "/jobs/\(id)/events")
            try await client.receive(until: "queued")
            rig.readiness.drain()
            #expect(try await client.rest().hasSuffix("\r\n0\r\n\r\n"))
            #expect(client.events.map(\.name) == ["state"])
            _ = try await EventClient(port: port, path: "/jobs/\(id)/events").rest()
            #expect(rig.configuration.metrics.streams.count == 0)
        }
    }

    @Test("a client that does not read has nothing gathered for it, and still gets the end")
    func slow() async throws {
        try await follow(rig) { [rig] id, port in
            let client = try await EventClient(port: port, path: "/jobs/\(id)/events")
            try await client.receive(until: "queued")
            let claim = try await rig.claim()
            let line = String(repeating: "x", count: JobLimits.logLineBytes)
            for _ in 0..<8000 { _ = try await rig.store.note(claim.ticket, progress: nil, log: [line]) }
            _ = try await rig.store.settle(claim.ticket, .done)
            let text = try await client.rest()
            #expect(text.utf8.count < 8000 * JobLimits.logLineBytes / 2)
            #expect(client.events.last?.name == "end")
        }
    }

    @Test("HEAD takes no place, and has no body")
    func head() async throws {
        let id = try await rig.submit()
        let reply = try await rig.send(.head, "/jobs/\(id)/events")
        #expect(reply.status == 200 && reply.bytes.isEmpty)
        #expect(rig.configuration.metrics.streams.count == 0)
    }
}
