extension PosixTimeZone {
    /// Parses `std offset [dst [offset] , start [/time] , end [/time]]`; nil for anything else.
    init?(_ text: some Sequence<UInt8>) {
        var reader = Reader(bytes: Array(text)[...])
        guard reader.skipName(), let west = reader.time(hours: 24) else { return nil }
        standard = -west
        if reader.bytes.isEmpty { return }
        guard reader.skipName() else { return nil }
        var offset = standard + 3600
        if reader.bytes.first != UInt8(ascii: ",") {
            guard let west = reader.time(hours: 24) else { return nil }
            offset = -west
        }
        guard let start = reader.change(), let end = reader.change(), reader.bytes.isEmpty else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }
}

/// Takes a footer apart from its beginning.
private struct Reader {
    var bytes: ArraySlice<UInt8>

    /// `CEST`, or anything between `<` and `>`: names do not matter here.
    mutating func skipName() -> Bool {
        if take("<") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: ">")), end > bytes.startIndex else { return false }
            bytes = bytes[(end + 1)...]
            return true
        }
        let rest = bytes.drop { (65...90).contains($0) || (97...122).contains($0) }
        defer { bytes = rest }
        return bytes.count - rest.count >= 3
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hours limit: Int64) -> Int64? {
        let sign: Int64 = take("-") ? -1 : 1
        if sign == 1 { _ = take("+") }
        guard let hours = number(0...limit) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] as [Int64] where take(":") {
            guard let value = number(0...59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    /// `,date[/time]`; without a time it is two o'clock.
    mutating func change() -> PosixTimeZone.Change? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return PosixTimeZone.Change(day: day, time: 7200) }
        return time(hours: 167).map { PosixTimeZone.Change(day: day, time: $0) }
    }

    private mutating func day() -> PosixTimeZone.Change.Day? {
        if take("J") { return number(1...365).map { .julian($0) } }
        guard take("M") else { return number(0...365).map { .zeroBased($0) } }
        guard let month = number(1...12), take("."), let week = number(1...5), take("."), let weekday = number(0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    /// One to three digits.
    private mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
        let digits = bytes.prefix { (48...57).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        bytes = bytes[digits.endIndex...]
        let value = digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
        return range.contains(value) ? value : nil
    }
}
