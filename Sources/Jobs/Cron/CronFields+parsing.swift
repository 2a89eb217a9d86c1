extension CronFields {
    /// Parses five or six fields.
    init(_ words: [String]) throws(CronFault) {
        guard (5...6).contains(words.count) else {
            throw CronFault(
                field: "schedule",
                message:
                    "needs 5 fields (minute hour day month weekday) or 6 (second first), has \(words.count)"
            )
        }
        let words = words.count == 6 ? words : ["0"] + words
        seconds = try CronField.second.bits(words[0])
        minutes = try CronField.minute.bits(words[1])
        try setHours(words[2])
        try setDays(words[3])
        months = try CronField.month.bits(words[4])
        try setWeekdays(words[5])
        isEitherDayEnough = Self.restricts(words[3]) && Self.restricts(words[5])
        // The Gregorian calendar, weekdays included, repeats after 400 years: what is not in as many is nowhere.
        guard match(atOrAfter: 0, months: 400 * 12) != nil else {
            throw CronFault(field: CronField.day.name, message: "never fires: no such day in any of its months")
        }
    }

    private mutating func setHours(_ text: String) throws(CronFault) {
        hours = try CronField.hour.bits(text)
        let spansDay = CronField.hour.items(text).contains { item in
            ["*", "0-23", "00-23"].contains(item.prefix { $0 != "/" }) || item.hasPrefix("0/") || item.hasPrefix("00/")
        }
        isAnyHour = spansDay || hours == 0xFF_FFFF
    }

    private mutating func setDays(_ text: String) throws(CronFault) {
        for item in CronField.day.items(text) {
            if item == "L" || item == "l" {
                isLastDay = true
            } else {
                days |= try CronField.day.bits(item: item == "?" ? "*" : item)
            }
        }
    }

    private mutating func setWeekdays(_ text: String) throws(CronFault) {
        for item in CronField.weekday.items(text) {
            let parts = item.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                let bits = try CronField.weekday.bits(item: item == "?" ? "*" : item)
                // 7 is Sunday, too.
                weekdays |= (bits | bits >> 7) & 0x7F
                continue
            }
            let day = try CronField.weekday.value(parts[0]) % 7
            guard let nth = CronField.number(parts[1]), (1...5).contains(nth) else {
                throw CronField.weekday.fault("the number after # in \(item) is not between 1 and 5")
            }
            nthWeekdays |= 1 << UInt64(5 * day + nth - 1)
        }
    }

    private static func restricts(_ text: String) -> Bool { !text.hasPrefix("*") && !text.hasPrefix("?") }
}
