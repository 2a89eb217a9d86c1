public import RoostJobs

extension RateLimit {
    /// Reads `30/m`: a count and a unit (`s`, `m`, `h`, `d`), which may have a number: `5/10s`. nil for anything else.
    public init?(text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Self.number(parts[0]), let unit = parts[1].last,
            let seconds = Self.units[unit]
        else { return nil }
        let times = parts[1].dropLast()
        guard let times = times.isEmpty ? 1 : Self.number(times) else { return nil }
        self.init(count: count, period: .seconds(times * seconds))
    }

    private static let units: [UInt8: Int] = [
        UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3600, UInt8(ascii: "d"): 86_400,
    ]

    /// Up to nine digits: no product with a unit overflows.
    private static func number(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...9).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
