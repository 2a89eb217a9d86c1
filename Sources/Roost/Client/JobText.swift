import RoostJobs

/// A job's reply as lines for a person.
enum JobText {
    /// Every field that says something on a line, the payload and the result as they are; lists as lines of their own.
    static func lines(_ job: JSONObject) -> String {
        job.members.flatMap { lines($0.key, $0.value) }.joined(separator: "\n")
    }

    private static func lines(_ key: String, _ value: JSONSlice) -> [String] {
        // What the id is needed for stands with more beside it under parents.
        if value.kind == .null || value.bool == false || key == "depends_on" { return [] }
        guard value.kind == .array, let rows = try? JSONScanner.parseArray(value.bytes, maximumDepth: 64) else {
            return ["\(pad(key, 16)) \(text(value))"]
        }
        return rows.enumerated().map { index, row in
            "\(pad(index == 0 ? key : "", 16)) \(row.object.map { line(key, $0) } ?? text(row))"
        }
    }

    /// One element of a list of objects.
    private static func line(_ list: String, _ row: JSONObject) -> String {
        func field(_ key: String) -> String { row[key].map(text) ?? "-" }
        switch list {
        case "log": return "\(field("at"))  \(field("text"))"
        case "failures": return "\(field("attempt")): \(field("error"))  (\(field("worker")), \(field("ended_at")))"
        case "parents": return "\(field("id"))  \(pad(field("status"), 9))  \(field("type"))"
        default:
            return row["text"].map(text) ?? row.members.map { "\($0.key) \(text($0.value))" }.joined(separator: " ")
        }
    }

    private static func text(_ value: JSONSlice) -> String {
        value.string ?? String(decoding: value.bytes, as: UTF8.self)
    }

    /// One line: id, state, type, attempt, when.
    static func row(_ job: JSONObject) -> String {
        [
            field(job, "id"), pad(field(job, "status"), 9), pad(field(job, "type"), 20),
            "\(field(job, "attempt"))/\(field(job, "max_attempts"))", field(job, "inserted_at"),
        ].joined(separator: "  ")
    }

    /// One line of a dead letter: id, type, attempts, when, and the first line of the reason.
    static func deadRow(_ job: JSONObject) -> String {
        let reason = field(job, "error").split(separator: "\n").first.map(String.init) ?? "-"
        return [
            field(job, "id"), pad(field(job, "type"), 20), "\(field(job, "attempt"))/\(field(job, "max_attempts"))",
            field(job, "finished_at"), reason,
        ].joined(separator: "  ")
    }

    /// A field as text, `-` where there is nothing.
    static func field(_ object: JSONObject, _ key: String) -> String {
        guard let value = object[key], value.kind != .null else { return "-" }
        return text(value)
    }

    /// A text of somebody else's on one line, without what a terminal would act on.
    static func visible(_ text: String) -> String {
        var visible = ""
        visible.unicodeScalars.append(
            contentsOf: text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        return visible
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
