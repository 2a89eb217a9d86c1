import RoostJobs
import RoostTestKit

/// A random expression, and what its fields mean as plain sets.
struct RandomCron {
    var minutes: RandomField
    var hours: RandomField
    var days: RandomField
    var months: RandomField
    var weekdays: RandomField

    init(using random: inout SeededGenerator) {
        minutes = RandomField(0...59, any: 2, using: &random)
        hours = RandomField(0...23, any: 4, using: &random)
        // Most changes of the clock are in these hours.
        if Bool.random(using: &random) { hours = RandomField(0...4, any: 0, using: &random) }
        days = RandomField(1...31, any: 8, using: &random)
        months = RandomField(1...12, any: 9, using: &random)
        weekdays = RandomField(0...6, any: 6, using: &random)
    }

    var text: String { "\(minutes.text) \(hours.text) \(days.text) \(months.text) \(weekdays.text)" }

    var isAnyHour: Bool { hours.isStar || hours.values.count == 24 }

    /// Whether a local day matches, from what its RFC 3339 text says.
    func matches(day: Int64) -> Bool {
        let text = Timestamp(microseconds: day * 86_400_000_000).rfc3339.split(separator: "T")[0].split(separator: "-")
        guard let month = Int(text[1]), let date = Int(text[2]), months.values.contains(month) else { return false }
        let byDate = days.values.contains(date)
        let byWeekday = weekdays.values.contains(Int((day + 4) % 7))
        return days.isStar || weekdays.isStar ? byDate && byWeekday : byDate || byWeekday
    }
}

/// A random field.
struct RandomField {
    var text: String
    var values: Set<Int>
    var isStar = false

    /// `any` in ten fields are stars, some of those with a step.
    init(_ range: ClosedRange<Int>, any: Int, using random: inout SeededGenerator) {
        (text, values) = ("", [])
        if Int.random(in: 0..<10, using: &random) < any {
            let step = Int.random(in: 1...3, using: &random)
            text = step == 1 ? "*" : "*/\(step)"
            values = Set(stride(from: range.lowerBound, through: range.upperBound, by: step))
            isStar = true
            return
        }
        var items: [String] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let first = Int.random(in: range, using: &random)
            let last = Bool.random(using: &random) ? first : Int.random(in: first...range.upperBound, using: &random)
            let step = Int.random(in: 1...3, using: &random)
            items.append(first == last ? "\(first)" : step == 1 ? "\(first)-\(last)" : "\(first)-\(last)/\(step)")
            values.formUnion(stride(from: first, through: last, by: step))
            // `0-23` counts as any hour.
            if first == 0, last == 23 { isStar = range.upperBound == 23 }
        }
        text = items.joined(separator: ",")
    }
}
