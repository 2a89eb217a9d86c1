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

    /// Writes the newest snapshot at once, then each one that follows; a slow reader skips. Ends when the client went
    /// away, the feed is finished or the gate closed.
    @concurrent func write(to writer: inout any ResponseBodyWriter) async throws {
        let retry = max(0, configuration.retry.clampedMilliseconds)
        try await writer.write(ByteBuffer(string: "retry: \(retry)\n\n"))
        var seen: Int?
        let ping = min(max(configuration.ping, .milliseconds(100)), .seconds(3600))
        var lastWrite = ContinuousClock.now
        while true {
            let wait = max(.milliseconds(1), ping - (.now - lastWrite))
            let snapshot = await feed.next(after: seen, upTo: wait) { gate.isClosed }
            try Task.checkCancellation()
            if gate.isClosed || (snapshot == nil && feed.isFinished) { return }
            if let snapshot {
                seen = snapshot.sequence
                try await writer.write(encoded.event(of: snapshot))
            } else if .now - lastWrite >= ping {
                try await writer.write(ByteBuffer(string: ": ping\n\n"))
            } else {
                continue
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
