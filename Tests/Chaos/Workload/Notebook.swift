import FoundationEssentials
import RoostJobs

/// What the handlers wrote down outside of the system: `ROOST_DEMO_RECORD`.
struct Notebook: Sendable {
    let path: String

    /// Everything in it, as history.
    func history() throws -> [HistoryEvent] {
        let bytes = (try? Data(contentsOf: URL(filePath: path))).map { Array($0) } ?? []
        var events: [HistoryEvent] = []
        for line in bytes.split(separator: 0x0A) { events.append(try Self.event(Array(line))) }
        for key in (try? FileManager.default.contentsOfDirectory(atPath: "\(path).effects")) ?? [] {
            let op = try String(contentsOfFile: "\(path).effects/\(key)", encoding: .utf8)
            events.append(.effect(op: op, key: key))
        }
        return events
    }

    /// When each process began its first job after that moment.
    func firstStarts(after moment: Moment) throws -> [Int32: Moment] {
        var first: [Int32: Moment] = [:]
        for case .start(let start) in try history() where start.at > moment {
            first[start.pid] = min(first[start.pid] ?? start.at, start.at)
        }
        return first
    }

    private static func event(_ line: [UInt8]) throws -> HistoryEvent {
        let row = try JSONScanner.parseObject(line)
        guard let job = row["job"]?.string, let attempt = row["attempt"]?.int, let pid = row["pid"]?.int,
            let at = row["at"]?.int, let process = Int32(exactly: pid)
        else { throw BadLine(text: String(decoding: line, as: UTF8.self)) }
        let op = row["op"]?.string ?? ""
        if row["event"]?.string == "start" {
            return .start(.init(op: op, job: job, attempt: attempt, pid: process, at: Moment(at)))
        }
        guard let outcome = row["outcome"]?.string.flatMap(HistoryEvent.End.Outcome.init(rawValue:)) else {
            throw BadLine(text: String(decoding: line, as: UTF8.self))
        }
        let result = row["result"].map { String(decoding: $0.bytes, as: UTF8.self) }
        return .end(
            .init(op: op, job: job, attempt: attempt, pid: process, at: Moment(at), outcome: outcome, result: result))
    }

    struct BadLine: Error { let text: String }
}
