import HTTPTypes

/// `Prefer: wait=30` (RFC 7240): how long a client would rather wait for an end than be told that there is none yet.
struct WaitPreference: Equatable {
    /// Whole seconds, at least one.
    let seconds: Int

    /// As `Preference-Applied` says it.
    var applied: String { "wait=\(seconds)" }

    /// What a request prefers, cut to `limit`; nil when it says nothing that can be understood: a preference is no
    /// demand. Of several the first counts.
    init?(_ headers: HTTPFields, limit: Duration) {
        let preferences = headers[values: .prefer].lazy.flatMap { $0.split(separator: ",") }
        let wait = preferences.compactMap(Self.value).first
        guard let wait, !wait.isEmpty, wait.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let most = Int(clamping: max(1, limit.components.seconds))
        // Digits alone that are no number are a very large one.
        seconds = min(Int(wait) ?? most, most)
        if seconds == 0 { return nil }
    }

    /// The value of one preference, when that is `wait`; parameters after a semicolon are none of it.
    private static func value(_ preference: Substring) -> Substring? {
        let parts = preference.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(trimmed)
        guard parts.count == 2, parts[0].lowercased() == "wait" else { return nil }
        let value = parts[1]
        return value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"") ? value.dropFirst().dropLast() : value
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
