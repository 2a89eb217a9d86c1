/// Whole numbers written with a fraction or an exponent: `1.0`, `1e3`. By decimal digits, because a detour over binary
/// floating point would round what lies beyond 2^53.
enum JSONInteger {
    static func exact(_ text: String) -> Int? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = parts.first, let exponent = parts.count == 2 ? Int(parts[1]) : 0,
            abs(exponent.clamped) <= 400
        else { return nil }
        let sides = mantissa.split(separator: ".", maxSplits: 1)
        let fraction = sides.count == 2 ? sides[1] : ""
        var digits = String(sides.first ?? "") + fraction
        var shift = exponent - fraction.utf8.count
        while shift < 0, digits.utf8.last == 0x30, digits.utf8.count > 1 {
            digits.removeLast()
            shift += 1
        }
        if digits.utf8.allSatisfy({ $0 == 0x30 || $0 == 0x2D }) { return 0 }
        guard (0...19).contains(shift) else { return nil }
        return Int(digits + String(repeating: "0", count: shift))
    }
}

extension Int {
    /// Itself, but for the one number without a positive twin.
    fileprivate var clamped: Int { self == .min ? .min + 1 : self }
}
