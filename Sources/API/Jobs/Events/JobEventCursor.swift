import NIOCore
import RoostJobs

/// How far a client has followed a job: what of it is news comes out as events. Travels as the id of each event, so that
/// any node can go on where another one left off.
struct JobEventCursor: Equatable, Sendable {
    /// Digests of the state and the progress it has; 0: none.
    private var state: UInt64 = 0
    private var progress: UInt64 = 0
    /// The time of the newest line of log it has, and how many lines of that time.
    private var time: Int64 = 0
    private var lines = 0
    /// Whether it has the end.
    private(set) var hasEnd = false

    /// Of a client that has nothing.
    init() {}

    /// Reads the id of an event; nil for anything else.
    init?(_ text: String) {
        guard text.utf8.count <= 100 else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, let state = UInt64(parts[0], radix: 16), let progress = UInt64(parts[1], radix: 16),
            let time = Int64(parts[2]), let lines = Int(parts[3]), lines >= 0, parts[4] == "0" || parts[4] == "1"
        else { return nil }
        self.state = state
        self.progress = progress
        self.time = time
        self.lines = lines
        hasEnd = parts[4] == "1"
    }

    /// The id of an event after which a client is here.
    var id: String {
        "\(String(state, radix: 16)).\(String(progress, radix: 16)).\(time).\(lines).\(hasEnd ? 1 : 0)"
    }

    /// Whether the client has all there will be, unless the job is replayed.
    func isComplete(_ job: JobRecord) -> Bool { hasEnd && job.state.isFinal && state == Self.digest(Self.data(job)) }

    /// What is news of a job as it is now.
    mutating func events(_ job: JobRecord, _ notes: JobNotes) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        func add(_ name: String, _ data: [UInt8]) { events.append(ServerSentEvent(name: name, id: id, data: data)) }
        hasEnd = false
        func addState() {
            let data = Self.data(job, cancels: job.state == .running && notes.cancelReason != nil)
            if state == Self.digest(data) { return }
            state = Self.digest(data)
            add("state", data)
        }
        // What a job left was before its end.
        if !job.state.isFinal { addState() }
        if let note = notes.progress, progress != Self.digest(note) {
            progress = Self.digest(note)
            add("progress", note)
        }
        for line in news(notes.log) {
            lines = line.at.microseconds == time ? lines + 1 : 1
            time = line.at.microseconds
            add("log", Self.data(line))
        }
        if job.state.isFinal {
            addState()
            hasEnd = true
            add("end", Self.end(job))
        }
        return events
    }

    /// The end of a job that is not there any more.
    func gone(_ id: JobID) -> ServerSentEvent {
        var json = JSONWriter()
        json.object { json in
            json.field("id", id.description)
            json.field("status", "gone")
        }
        return ServerSentEvent(name: "end", id: self.id, data: json.bytes)
    }

    /// The lines the client does not have. A log loses its oldest lines: when the newest one it has is gone, all are new.
    private func news(_ log: [LogLine]) -> ArraySlice<LogLine> {
        guard lines > 0, let first = log.firstIndex(where: { $0.at.microseconds == time }) else { return log[...] }
        let known = log[first...].prefix(lines).prefix { $0.at.microseconds == time }.count
        return log[(first + known)...]
    }

    private static func data(_ job: JobRecord, cancels: Bool = false) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("id", job.id.description)
            json.field("status", job.state.rawValue)
            json.field("attempt", job.attempt)
            json.field("max_attempts", job.maxAttempts)
            json.field("worker", job.worker)
            json.field("run_at", job.runAt)
            json.field("started_at", job.startedAt)
            json.field("finished_at", job.finishedAt)
            json.field("error", job.error)
            json.field("cancel_requested", cancels)
        }
        return json.bytes
    }

    private static func data(_ line: LogLine) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("at", line.at)
            json.field("attempt", line.attempt)
            json.field("text", line.text)
        }
        return json.bytes
    }

    private static func end(_ job: JobRecord) -> [UInt8] {
        var json = JSONWriter(capacity: 256 + (job.result?.count ?? 0))
        json.object { json in
            json.field("id", job.id.description)
            json.field("status", job.state.rawValue)
            json.field("result", json: job.result)
            json.field("error", job.error)
        }
        return json.bytes
    }

    /// FNV-1a: the same on every node, which `Hasher` is not. Never 0.
    private static func digest(_ bytes: [UInt8]) -> UInt64 {
        max(1, bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
    }
}

extension JSONWriter {
    /// What is written.
    fileprivate var bytes: [UInt8] { Array(buffer.readableBytesView) }
}
