import Glibc
import RoostJobs
import Synchronization

/// What a process said of the others in its log.
struct MeshEvent {
    let message: String
    /// `role@host:port#incarnation`.
    let member: String
    let proof: String
    /// Seconds since 1970.
    let at: Double

    /// The name in `member`.
    var name: String { String(member.prefix { $0 != "#" }) }

    init?(_ line: ArraySlice<UInt8>) {
        guard line.first == UInt8(ascii: "{"), let object = try? JSONScanner.parseObject(Array(line)),
            let message = object["msg"]?.string,
            let time = object["ts"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        self.message = message
        member = object["member"]?.string ?? ""
        proof = object["proof"]?.string ?? ""
        at = time.seconds
    }
}

/// A process's log, of which each line is read once.
final class MeshLog: Sendable {
    private struct State {
        var events: [MeshEvent] = []
        var offset = 0
        var rest: [UInt8] = []
    }

    private let file: String
    private let state = Mutex(State())

    init(file: String) { self.file = file }

    /// All events until now, oldest first.
    func events() -> [MeshEvent] {
        state.withLock { state in
            var bytes = state.rest + Self.read(file, from: state.offset)
            state.offset += bytes.count - state.rest.count
            let end = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
            state.rest = Array(bytes[end...])
            bytes.removeSubrange(end...)
            state.events += bytes.split(separator: 0x0A).compactMap { MeshEvent($0) }
            return state.events
        }
    }

    private static func read(_ file: String, from offset: Int) -> [UInt8] {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = pread(descriptor, &chunk, chunk.count, off_t(offset + all.count))
            guard count > 0 else { return all }
            all += chunk[..<count]
        }
    }
}

extension Timestamp {
    /// Seconds since 1970.
    var seconds: Double { Double(microseconds) / 1_000_000 }
}
