/// One field of a cron expression: its name, range, and how its text becomes bits.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    /// Three upper-case letters each, for the numbers from the range's beginning on.
    var words: [String] = []

    static let second = CronField(name: "second", range: 0...59)
    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let day = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12,
        words: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"])
    static let weekday = CronField(
        name: "day of week", range: 0...7, words: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])

    /// The last number; 7 is Sunday once more, and no day of its own.
    private var last: Int { range.upperBound == 7 ? 6 : range.upperBound }

    /// The items of a list.
    func items(_ text: String) -> [Substring] { text.split(separator: ",", omittingEmptySubsequences: false) }

    /// The bits of a list.
    func bits(_ text: String) throws(CronFault) -> UInt64 {
        var bits: UInt64 = 0
        for item in items(text) { bits |= try self.bits(item: item) }
        return bits
    }

    /// The bits of `*`, `n`, `a-b`, each with or without `/step`.
    func bits(item: Substring) throws(CronFault) -> UInt64 {
        guard !item.isEmpty else { throw fault("has an empty item") }
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let values = try self.values(parts[0], isOpen: parts.count == 2)
        var bits: UInt64 = 0
        for value in stride(from: values.lowerBound, through: values.upperBound, by: try step(parts, in: item)) {
            bits |= 1 << UInt64(value)
        }
        return bits
    }

    private func step(_ parts: [Substring], in item: Substring) throws(CronFault) -> Int {
        guard parts.count == 2 else { return 1 }
        // `*/90` minutes would be every hour: surely not what was meant.
        let longest = last - range.lowerBound + 1
        guard let step = Self.number(parts[1]), (1...longest).contains(step) else {
            throw fault("the step of \(item) is not between 1 and \(longest)")
        }
        return step
    }

    /// `isOpen`: a single number begins a range that goes to the field's end.
    private func values(_ text: Substring, isOpen: Bool) throws(CronFault) -> ClosedRange<Int> {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(ends[0])
        guard ends.count == 2 else { return first...(isOpen ? max(first, last) : first) }
        var end = try value(ends[1])
        // A week may end with Sunday: FRI-SUN is 5-7.
        if range.upperBound == 7, end == 0, first > 0 { end = 7 }
        guard first <= end else {
            throw fault("\(text) runs backwards; write \(ends[0])-\(last),\(range.lowerBound)-\(ends[1])")
        }
        return first...end
    }

    /// A number or a name.
    func value(_ text: Substring) throws(CronFault) -> Int {
        if let index = words.firstIndex(of: text.uppercased()) { return range.lowerBound + index }
        guard let value = Self.number(text), range.contains(value) else {
            let names = words.first.map { " or a name such as \($0)" } ?? ""
            throw fault("\"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound)\(names)")
        }
        return value
    }

    /// One to four digits, and nothing else.
    static func number(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    func fault(_ message: String) -> CronFault { CronFault(field: name, message: message) }
}
