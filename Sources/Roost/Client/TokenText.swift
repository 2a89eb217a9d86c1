import RoostJobs

/// A token's reply as a line for a person.
enum TokenText {
    /// Id, name, scopes, when it ends, and its limits.
    static func row(_ token: JSONObject) -> String {
        let scopes = (token["scopes"].flatMap { try? JSONScanner.parseArray($0.bytes) } ?? []).compactMap(\.string)
        var limits: [String] = []
        if let rate = token["rate"]?.object {
            limits.append("\(JobText.field(rate, "count"))/\(JobText.field(rate, "period"))s")
        }
        if let quota = token["quota"]?.int { limits.append("\(quota) jobs/day") }
        if let tenant = token["tenant"]?.string { limits.append("tenant \(tenant)") }
        let end = token["expires_at"]?.string.map { "until \($0)" } ?? "for ever"
        return [
            JobText.field(token, "id"), JobText.pad(JobText.field(token, "name"), 16),
            JobText.pad(scopes.joined(separator: ","), 26), end,
        ].joined(separator: "  ") + (limits.isEmpty ? "" : "  \(limits.joined(separator: ", "))")
    }
}

/// A span as it is typed: `30d`, `12h`, `90m`, `3600s`.
enum SpanText {
    static func duration(_ text: String, _ option: String) throws(Failure) -> Duration {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), text.utf8.count <= 10,
            text.utf8.dropLast().allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text.dropLast())
        else { throw Failure(.usage, "\(option): a number and s, m, h, d or w, as 30d") }
        return .seconds(count * unit)
    }
}
