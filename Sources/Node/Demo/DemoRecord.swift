import Glibc
import RoostJobs

/// Writes down each execution and has one effect a job, outside the system: what tests hold its promises against.
/// There only where `ROOST_DEMO_RECORD` names a file.
struct DemoRecord: Codable {
    static let type = "record"

    /// The caller's own name for the job.
    var op: String?
    /// How long it takes, the effect being in the middle; at most a day.
    var seconds: Double?
    /// Fails in the attempts before this one, after its effect.
    var untilAttempt: Int?
    /// The filling of the result, at most 100 kB.
    var bytes: Int?

    private enum CodingKeys: String, CodingKey {
        case op, seconds, bytes
        case untilAttempt = "until_attempt"
    }

    func run(_ context: JobContext, into notebook: DemoNotebook) async throws -> [UInt8] {
        let op = (op ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let head = #""job":"\#(context.id)","op":"\#(op)","attempt":\#(context.attempt),"pid":\#(getpid())"#
        try notebook.add(#"{"event":"start",\#(head),"worker":"\#(context.worker)","at":\#(now)}"#)
        do {
            let half = DemoSleep.duration(seconds: (seconds ?? 0) / 2)
            try await Task.sleep(for: half)
            try notebook.effect(context.idempotencyKey, of: op)
            try await Task.sleep(for: half)
            if let untilAttempt, context.attempt < untilAttempt { throw Failure(attempt: context.attempt) }
        } catch {
            let outcome = error is CancellationError ? "cancelled" : "error"
            try? notebook.add(#"{"event":"end",\#(head),"outcome":"\#(outcome)","at":\#(now)}"#)
            throw error
        }
        let filling = String(repeating: "x", count: min(max(0, bytes ?? 0), 100_000))
        let nonce = UInt64.random(in: 0 ... .max)
        let result = #"{"op":"\#(op)","attempt":\#(context.attempt),"nonce":"\#(nonce)","filling":"\#(filling)"}"#
        try notebook.add(#"{"event":"end",\#(head),"outcome":"ok","at":\#(now),"result":\#(result)}"#)
        return Array(result.utf8)
    }

    /// Microseconds since 1970.
    private var now: Int64 { Timestamp.now().microseconds }

    private struct Failure: Error, CustomStringConvertible {
        let attempt: Int
        var description: String { "attempt \(attempt) fails as asked" }
    }
}
