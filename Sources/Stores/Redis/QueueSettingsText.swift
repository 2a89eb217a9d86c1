import RoostJobs

/// Queue settings as Redis keeps them: nine words, `-` for what is not set, and ` 0` after them
/// where the queue is not searchable. See Documentation/redis-layout.md.
///
/// `1 <paused 0|1> <concurrency> <rate count> <rate period µs> <tenant concurrency> <tenant rate count>
/// <tenant rate period µs> <quota>`
enum QueueSettingsText {
    /// The text of settings.
    static func text(_ settings: QueueSettings) -> String {
        let words =
            ["1", settings.isPaused ? "1" : "0", word(settings.concurrency)] + words(settings.rate)
            + [word(settings.tenantConcurrency)] + words(settings.tenantRate) + [word(settings.quota)]
            + (settings.isSearchable ? [] : ["0"])
        return words.joined(separator: " ")
    }

    /// What a change does to each word but the first, in order: `` keeps it.
    static func words(_ change: QueueChange) -> [String] {
        func maybe(_ number: Int??) -> [String] { [number.map { word($0) } ?? ""] }
        func maybe(_ rate: RateLimit??) -> [String] { rate.map { words($0) } ?? ["", ""] }
        let paused = change.isPaused.map { $0 ? "1" : "0" } ?? ""
        return [paused] + maybe(change.concurrency) + maybe(change.rate) + maybe(change.tenantConcurrency)
            + maybe(change.tenantRate) + maybe(change.quota) + [change.isSearchable.map { $0 ? "1" : "0" } ?? ""]
    }

    /// Settings from their text; nil for a format this version does not know.
    static func parse(_ text: String) -> QueueSettings? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isSearchable = words.count == 9
        guard isSearchable || words.count == 10 && words[9] == "0", words[0] == "1", words[1] == "0" || words[1] == "1"
        else { return nil }
        var numbers: [Int?] = []
        for word in words[2..<9] {
            guard word != "-" else {
                numbers.append(nil)
                continue
            }
            // Only digits: `Int` would take a sign. Eighteen of them always fit.
            guard (1...18).contains(word.utf8.count), word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(word), number > 0
            else { return nil }
            numbers.append(number)
        }
        // A rate has both of its numbers or none.
        guard (numbers[1] == nil) == (numbers[2] == nil), (numbers[4] == nil) == (numbers[5] == nil) else { return nil }
        var settings = QueueSettings()
        settings.isPaused = words[1] == "1"
        settings.concurrency = numbers[0]
        settings.rate = rate(numbers[1], numbers[2])
        settings.tenantConcurrency = numbers[3]
        settings.tenantRate = rate(numbers[4], numbers[5])
        settings.quota = numbers[6]
        settings.isSearchable = isSearchable
        return settings
    }

    private static func word(_ number: Int?) -> String { number.map { String($0) } ?? "-" }

    private static func words(_ rate: RateLimit?) -> [String] {
        [word(rate?.count), rate.map { String($0.period.clampedMicroseconds) } ?? "-"]
    }

    private static func rate(_ count: Int?, _ period: Int?) -> RateLimit? {
        guard let count, let period else { return nil }
        return RateLimit(count: count, period: .microseconds(period))
    }
}
