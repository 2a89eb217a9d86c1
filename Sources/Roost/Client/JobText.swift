import RoostJobs

/// A job's reply as lines for a person.
enum JobText {
    /// Every field on a line, the payload and the result as they are.
    static func lines(_ job: JSONObject) -> String {
        job.members.filter { $0.value.kind != .null }
            .map { "\(pad($0.key, 14)) \($0.value.string ?? String(decoding: $0.value.bytes, as: UTF8.self))" }
            .joined(separator: "\n")
    }

    /// One line: id, state, type, attempt, when.
    static func row(_ job: JSONObject) -> String {
        func text(_ key: String) -> String { job[key].flatMap { $0.string ?? $0.int.map(String.init) } ?? "-" }
        return [
            text("id"), pad(text("status"), 9), pad(text("type"), 20), "\(text("attempt"))/\(text("max_attempts"))",
            text("inserted_at"),
        ].joined(separator: "  ")
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
