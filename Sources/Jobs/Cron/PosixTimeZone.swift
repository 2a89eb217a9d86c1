/// A rule for the offset in every year, as in a TZif file's footer: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// See POSIX, Base Definitions 8.3 (`TZ`), with the longer hours of RFC 8536, section 3.3.1.
struct PosixTimeZone: Sendable, Hashable {
    /// When in a year the clocks change.
    struct Change: Sendable, Hashable {
        /// The day it happens on, or is counted from.
        enum Day: Sendable, Hashable {
            /// `Jn`: 1 to 365, February 29 is never counted.
            case julian(Int64)
            /// `n`: 0 to 365, February 29 is counted.
            case zeroBased(Int64)
            /// `Mm.w.d`: weekday d (0 is Sunday) of week w (5 is the last) in month m.
            case weekday(month: Int64, week: Int64, weekday: Int64)
        }

        var day: Day
        /// Seconds after midnight by the clocks before the change; may be negative or beyond one day.
        var time: Int64
    }

    /// Daylight-saving time: its offset, and when it begins and ends.
    struct Daylight: Sendable, Hashable {
        var offset: Int64
        var start: Change
        var end: Change
    }

    /// Seconds east of UTC in standard time.
    var standard: Int64
    var daylight: Daylight?

    /// The period that a moment lies in.
    func period(at moment: Int64) -> TimeZoneTable.Period {
        guard let daylight else { return TimeZoneTable.Period(start: .min, end: .max, offset: standard) }
        // Beyond every timestamp the years need not be right, only finite.
        let days = min(max(moment, -Timestamp.latestSecond), Timestamp.latestSecond * 2).quotient(86_400)
        let year = Timestamp.civil(days: max(days, -700_000)).year
        var start = (time: Int64.min, offset: standard)
        var end = Int64.max
        // A time of ±167 h can carry a change into the next year or the last; two years either side are enough.
        for (time, offset) in changes(years: (year - 2)...(year + 2), daylight) {
            if time <= moment {
                start = (time, offset)
            } else {
                end = time
                break
            }
        }
        return TimeZoneTable.Period(start: start.time, end: end, offset: start.offset)
    }

    /// Moments of change, ascending, each with the offset that follows.
    private func changes(years: ClosedRange<Int64>, _ daylight: Daylight) -> [(Int64, Int64)] {
        var changes: [(time: Int64, isStart: Bool)] = []
        changes.reserveCapacity(10)
        for year in years {
            changes.append((daylight.start.local(in: year) - standard, true))
            changes.append((daylight.end.local(in: year) - daylight.offset, false))
        }
        // Daylight-saving time all year ends at the moment it begins again: then the beginning counts.
        changes.sort { ($0.time, $0.isStart ? 1 : 0) < ($1.time, $1.isStart ? 1 : 0) }
        return changes.map { ($0.time, $0.isStart ? daylight.offset : standard) }
    }
}

extension PosixTimeZone.Change {
    /// The change in a year, in seconds since 1970 by the clocks before it.
    func local(in year: Int64) -> Int64 {
        let first = Timestamp.days(year: year, month: 1, day: 1)
        let day: Int64
        switch self.day {
        case .julian(let number):
            let isLeap = Timestamp.daysIn(month: 2, year: year) == 29
            day = first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
        case .zeroBased(let number):
            day = first + number
        case .weekday(let month, let week, let weekday):
            let monthStart = Timestamp.days(year: year, month: month, day: 1)
            // 1970-01-01 was a Thursday.
            var inMonth = (weekday - (monthStart + 4).remainder(7)).remainder(7) + (week - 1) * 7
            if inMonth >= Timestamp.daysIn(month: month, year: year) { inMonth -= 7 }
            day = monthStart + inMonth
        }
        return day * 86_400 + time
    }
}

extension Int64 {
    /// Division rounded down; `divisor` is positive.
    func quotient(_ divisor: Int64) -> Int64 { self >= 0 ? self / divisor : -((divisor - 1 - self) / divisor) }

    /// What remains of division rounded down: 0 up to `divisor`.
    func remainder(_ divisor: Int64) -> Int64 { self - quotient(divisor) * divisor }
}
