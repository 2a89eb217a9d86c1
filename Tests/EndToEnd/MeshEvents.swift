import RoostJobs

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

    /// All of a log, oldest first.
    static func all(in log: String) -> [MeshEvent] {
        log.split(separator: "\n").compactMap { line in
            guard line.hasPrefix("{"), let object = try? JSONScanner.parseObject(Array(line.utf8)),
                let message = object["msg"]?.string,
                let time = object["ts"]?.string.flatMap({ Timestamp(rfc3339: $0) })
            else { return nil }
            return MeshEvent(
                message: message, member: object["member"]?.string ?? "", proof: object["proof"]?.string ?? "",
                at: time.seconds)
        }
    }
}

extension Timestamp {
    /// Seconds since 1970.
    var seconds: Double { Double(microseconds) / 1_000_000 }
}
