extension Timestamp {
    /// RFC 3339 in UTC with six fractional digits: `2025-12-28T17:24:48.957749Z`.
    public var rfc3339: String {
        let days = microseconds / 86_400_000_000
        let rest = microseconds % 86_400_000_000
        let (year, month, day) = Self.civil(days: days)
        let seconds = rest / 1_000_000
        if microseconds >= 0, year < 10_000 {
            return Self.text(year * 10_000 + month * 100 + day, seconds, rest % 1_000_000)
        }
        return "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))T"
            + "\(Self.pad(seconds / 3600, 2)):\(Self.pad(seconds / 60 % 60, 2)):\(Self.pad(seconds % 60, 2))"
            + ".\(Self.pad(rest % 1_000_000, 6))Z"
    }

    /// Parses RFC 3339 (`T` or a space, `Z` or `±hh:mm`, any number of fractional digits up to nine), or nil.
    public init?(rfc3339 text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix(40))
        guard bytes.count >= 20, bytes.count == text.utf8.count, bytes[4] == 45, bytes[7] == 45,
            bytes[10] == 84 || bytes[10] == 116 || bytes[10] == 32, bytes[13] == 58, bytes[16] == 58,
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]), (1...12).contains(month),
            let day = Self.number(bytes[8..<10]), (1...Self.daysIn(month: month, year: year)).contains(day),
            let hour = Self.number(bytes[11..<13]), hour < 24, let minute = Self.number(bytes[14..<16]), minute < 60,
            let second = Self.number(bytes[17..<19]), second <= 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == 46 {
            let digits = bytes[(index + 1)...].prefix { (48...57).contains($0) }
            guard (1...9).contains(digits.count), let value = Self.number(digits.prefix(6)) else { return nil }
            fraction = (min(digits.count, 6)..<6).reduce(value) { result, _ in result * 10 }
            index += 1 + digits.count
        }
        guard let offset = Self.offset(bytes[min(index, bytes.count)...]) else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        guard seconds >= 0 else { return nil }
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// Seconds east of UTC, from `Z`, `z` or `±hh:mm`.
    static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        let zone = Array(zone)
        if zone == [90] || zone == [122] { return 0 }
        guard zone.count == 6, zone[0] == 43 || zone[0] == 45, zone[3] == 58, let hours = number(zone[1..<3]),
            hours < 24,
            let minutes = number(zone[4..<6]), minutes < 60
        else { return nil }
        return (zone[0] == 45 ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 9, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Written in place: every job that is shown has some of these.
    private static func text(_ date: Int64, _ seconds: Int64, _ fraction: Int64) -> String {
        String(unsafeUninitializedCapacity: 27) { buffer in
            func put(_ number: Int64, _ width: Int, at start: Int, before mark: Unicode.Scalar) {
                var rest = number
                for index in stride(from: start + width - 1, through: start, by: -1) {
                    buffer[index] = UInt8(48 + rest % 10)
                    rest /= 10
                }
                buffer[start + width] = UInt8(ascii: mark)
            }
            put(date / 10_000, 4, at: 0, before: "-")
            put(date / 100 % 100, 2, at: 5, before: "-")
            put(date % 100, 2, at: 8, before: "T")
            put(seconds / 3600, 2, at: 11, before: ":")
            put(seconds / 60 % 60, 2, at: 14, before: ":")
            put(seconds % 60, 2, at: 17, before: ".")
            put(fraction, 6, at: 20, before: "Z")
            return 27
        }
    }

    private static func pad(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    static func daysIn(month: Int64, year: Int64) -> Int64 {
        if month == 2 { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    // Howard Hinnant's days_from_civil and civil_from_days, https://howardhinnant.github.io/date_algorithms.html
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1)
    }
}
