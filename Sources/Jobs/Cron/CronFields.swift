/// The fields of a cron expression as sets of bits: bit n stands for the number n.
struct CronFields: Sendable, Hashable {
    var seconds: UInt64 = 1
    var minutes: UInt64 = 0
    var hours: UInt64 = 0
    /// 1 to 31.
    var days: UInt64 = 0
    /// `L`.
    var isLastDay = false
    /// 1 to 12.
    var months: UInt64 = 0
    /// 0 to 6, Sunday first.
    var weekdays: UInt64 = 0
    /// `day#n`: bit 5 × day + n - 1.
    var nthWeekdays: UInt64 = 0
    /// Whether days of the month and of the week both restrict, so that one of them is enough.
    var isEitherDayEnough = false
    /// Whether the hour field is any hour, with or without a step: see `CronSchedule` on changes of the clock.
    var isAnyHour = false

    /// The days of a month that match, as bits 1 to 31.
    func daysMatching(year: Int64, month: Int64) -> UInt64 {
        let count = Timestamp.daysIn(month: month, year: year)
        let all = (UInt64(1) << UInt64(count + 1)) - 2
        // 1970-01-01 was a Thursday.
        let first = UInt64((Timestamp.days(year: year, month: month, day: 1) + 4).remainder(7))
        let byDate = days | (isLastDay ? 1 << UInt64(count) : 0)
        let byWeekday = everyWeek(first: first) | nthInMonth(first: first)
        return all & (isEitherDayEnough ? byDate | byWeekday : byDate & byWeekday)
    }

    /// Days of the month that are one of `weekdays`, the first of the month being the weekday `first`.
    private func everyWeek(first: UInt64) -> UInt64 {
        let week = (weekdays >> first | weekdays << (7 - first)) & 0x7F
        return (week | week << 7 | week << 14 | week << 21 | week << 28) << 1
    }

    private func nthInMonth(first: UInt64) -> UInt64 {
        var rest = nthWeekdays
        var days: UInt64 = 0
        while rest != 0 {
            let bit = UInt64(rest.trailingZeroBitCount)
            days |= 1 << (1 + (bit / 5 + 7 - first) % 7 + bit % 5 * 7)
            rest &= rest - 1
        }
        return days
    }

    /// Whether a time of day, in seconds after midnight, matches.
    private func timeOfDay(atOrAfter start: Int64) -> Int64? {
        let hour = start / 3600
        let minute = start / 60 % 60
        if hours.has(hour) {
            if minutes.has(minute), let second = seconds.next(start % 60) { return hour * 3600 + minute * 60 + second }
            if let minute = minutes.next(minute + 1) { return hour * 3600 + minute * 60 + seconds.lowest }
        }
        guard let hour = hours.next(hour + 1) else { return nil }
        return hour * 3600 + minutes.lowest * 60 + seconds.lowest
    }

    /// The first local time at or after `start` that matches, in seconds since 1970; nil if there is none for a time.
    ///
    /// It looks through `months` months at most, each in a few steps. The default is a bit more than the longest wait
    /// there is: 40 years from a fifth Monday of February in 2072 to the next in 2112.
    func match(atOrAfter start: Int64, months limit: Int = 12 * 41) -> Int64? {
        var date = start.quotient(86_400)
        var time = timeOfDay(atOrAfter: start.remainder(86_400))
        if time == nil { date += 1 }
        var (year, month, day) = Timestamp.civil(days: date)
        for _ in 0..<limit {
            if months.has(month), let match = daysMatching(year: year, month: month).next(day) {
                // The time that was looked for only counts on the first day.
                let midnight = Timestamp.days(year: year, month: month, day: match) * 86_400
                return midnight + (midnight == date * 86_400 ? time ?? earliestTime : earliestTime)
            }
            time = nil
            (month, day) = (month + 1, 1)
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        return nil
    }

    private var earliestTime: Int64 { hours.lowest * 3600 + minutes.lowest * 60 + seconds.lowest }
}

extension UInt64 {
    /// Whether a bit below 64 is set.
    fileprivate func has(_ bit: Int64) -> Bool { self >> UInt64(bit) & 1 == 1 }

    /// The lowest bit that is set; 64 without any.
    fileprivate var lowest: Int64 { Int64(trailingZeroBitCount) }

    /// The lowest set bit from `bit` on.
    fileprivate func next(_ bit: Int64) -> Int64? {
        let rest = self >> UInt64(bit)
        return rest == 0 ? nil : bit + rest.lowest
    }
}
