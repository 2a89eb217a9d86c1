extension CronSchedule {
    /// What a word with an `@` stands for.
    static func macro(_ words: [String]) throws(CronFault) -> Rule {
        let name = words[0].lowercased()
        if name == "@every" {
            guard words.count == 2, let seconds = seconds(words[1]) else {
                throw CronFault(
                    field: "schedule", message: "@every needs one length such as 30s, 5m, 1h30m or 7d, 1 s to 366 days")
            }
            return .every(seconds)
        }
        guard let fields = macros[name] else {
            throw CronFault(
                field: "schedule",
                message: "\(words[0]) is unknown; there are \(macros.keys.sorted().joined(separator: ", ")) and @every")
        }
        guard words.count == 1 else {
            throw CronFault(field: "schedule", message: "nothing may follow \(words[0])")
        }
        return .fields(try CronFields(fields.split(separator: " ").map(String.init)))
    }

    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *", "@every_minute": "* * * * *",
    ]

    /// `1h30m` in seconds: each unit at most once, the largest first.
    private static func seconds(_ text: String) -> Int64? {
        var rest = Array(text.utf8)[...]
        var total: Int64 = 0
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)] as [(Unicode.Scalar, Int64)] {
            let digits = rest.prefix { (48...57).contains($0) }
            let end = digits.endIndex
            guard end < rest.endIndex, rest[end] == UInt8(ascii: unit) else { continue }
            guard (1...8).contains(digits.count) else { return nil }
            total += digits.reduce(0) { $0 * 10 + Int64($1 - 48) } * size
            rest = rest[(end + 1)...]
        }
        return rest.isEmpty && (1...31_622_400).contains(total) ? total : nil
    }
}
