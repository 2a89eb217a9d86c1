import Hummingbird
import NIOCore
import RoostJobs
import Synchronization

/// Writes a feed's snapshots as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
struct EventStream: Sendable {
    let feed: SnapshotFeed
    let gate: StreamGate
    let encoded: EncodedSnapshot
    let configuration: ConsoleConfiguration
    var hints: JobHints?

    /// How long one stream lasts, so that a token that was revoked does not see more for ever.
    private static let lifetime = Duration.seconds(900)

    /// Writes the newest snapshot at once, then each one that follows, and hints between them; a slow reader skips. Ends
    /// when the client went away, the feed is finished or the gate closed.
    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        let retry = max(0, configuration.retry.clampedMilliseconds)
        try await writer.write(ByteBuffer(string: "retry: \(retry)\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let hints { group.addTask { await hints.follow() } }
            defer { group.cancelAll() }
            try await follow(&writer)
        }
    }

    @concurrent private func follow(_ writer: inout any ResponseBodyWriter) async throws {
        var seen: Int?
        let ping = min(max(configuration.ping, .milliseconds(100)), .seconds(3600))
        var lastWrite = ContinuousClock.now
        // The page opens another at once, and is asked again who it is.
        let end = lastWrite + Self.lifetime
        while true {
            let wait = max(.milliseconds(1), ping - (.now - lastWrite))
            let snapshot = await feed.next(after: seen, upTo: wait) { gate.isClosed || hints?.isPending ?? false }
            try Task.checkCancellation()
            if gate.isClosed || .now >= end || (snapshot == nil && feed.isFinished) { return }
            var isWritten = false
            if let hints, hints.take() {
                try await writer.write(ByteBuffer(string: "event: job\ndata: \(hints.id)\n\n"))
                isWritten = true
            }
            if let snapshot {
                seen = snapshot.sequence
                try await writer.write(encoded.event(of: snapshot))
                isWritten = true
            }
            if !isWritten {
                guard .now - lastWrite >= ping else { continue }
                try await writer.write(ByteBuffer(string: ": ping\n\n"))
            }
            lastWrite = .now
        }
    }
}

/// The bytes of the newest snapshot, made once for all streams.
final class EncodedSnapshot: Sendable {
    private struct State {
        var sequence: Int?
        var json = ByteBuffer()
        var event = ByteBuffer()
    }

    private let state = Mutex(State())

    func json(of snapshot: Snapshot) -> ByteBuffer { encode(snapshot).json }

    func event(of snapshot: Snapshot) -> ByteBuffer { encode(snapshot).event }

    private func encode(_ snapshot: Snapshot) -> State {
        state.withLock { state in
            if state.sequence == snapshot.sequence { return state }
            let json = snapshot.json
            // JSON here is one line, so one data field holds it.
            var event = ByteBuffer(string: "id: \(snapshot.sequence)\nevent: snapshot\ndata: ")
            event.writeBytes(json)
            event.writeString("\n\n")
            let fresh = State(sequence: snapshot.sequence, json: ByteBuffer(bytes: json), event: event)
            // A slow stream may still be at an older one; the newest is what the others want.
            if snapshot.sequence > state.sequence ?? 0 { state = fresh }
            return fresh
        }
    }
}
