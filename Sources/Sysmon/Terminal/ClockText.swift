import RoostJobs

/// A moment as `14:02:11`.
struct ClockText: Sendable {
    /// Seconds east of UTC.
    let offset: Int

    func time(_ microseconds: Int64) -> String {
        // At most a day either way: offsets come from a configuration.
        let seconds = max(0, microseconds) / 1_000_000 + Int64(min(max(-86_400, offset), 86_400)) + 86_400
        let day = seconds % 86_400
        return [day / 3600, day / 60 % 60, day % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }

    /// The same with a `Z` when it is UTC.
    func zoned(_ microseconds: Int64) -> String { time(microseconds) + (offset == 0 ? "Z" : "") }
}

extension Int {
    /// With commas between thousands: `1,204`.
    var grouped: String {
        let digits = String(magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return (self < 0 ? "-" : "") + result
    }
}

extension Double {
    /// A rate: `412`, `3.5`, `0`.
    var rate: String {
        guard isFinite, self > 0 else { return "0" }
        if self >= 9.95 { return Int(Swift.min(self, 1e15).rounded()).grouped }
        let tenths = Int((self * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
