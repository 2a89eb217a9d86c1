import RoostJobs

/// A queue's reply as a line for a person.
enum QueueText {
    /// Its name, jobs by state, how long the first has waited, and what holds for it.
    static func row(_ queue: JSONObject) -> String {
        let counts = JobState.allCases.map { "\($0.rawValue) \(JobText.field(queue, $0.rawValue))" }
        let age = queue["oldest_age"]?.double.map { "oldest \(Int(min($0, 1e15))) s" }
        let name = JobText.pad(JobText.field(queue, "queue"), 20)
        return ([name, counts.joined(separator: " ")] + [age, settings(queue)].compactMap { $0 }).joined(
            separator: "  ")
    }

    /// Whether it is paused, and its limits.
    static func settings(_ queue: JSONObject) -> String {
        var words = [queue["paused"]?.bool ?? false ? "paused" : "running"]
        for key in ["concurrency", "rate", "tenant_concurrency", "tenant_rate", "quota"] {
            guard let value = queue[key], value.kind != .null else { continue }
            let rate = value.object.map { "\(JobText.field($0, "count"))/\(JobText.field($0, "period"))s" }
            words.append("\(key.split(separator: "_").joined(separator: " ")) \(rate ?? JobText.field(queue, key))")
        }
        if queue["searchable"]?.bool == false { words.append("not searchable") }
        return words.joined(separator: ", ")
    }
}
