/// Times that were measured, in seconds.
public struct Durations: Sendable {
    /// In the order they were measured.
    public private(set) var all: [Double] = []

    /// None yet.
    public init(_ seconds: [Double] = []) { all = seconds }

    /// One more.
    public mutating func add(_ seconds: Double) { all.append(seconds) }

    /// More of them.
    public mutating func add(_ more: [Double]) { all += more }

    /// How many.
    public var count: Int { all.count }

    /// The value that so many of a hundred do not exceed; infinite when there is none.
    public func percentile(_ percent: Double) -> Double {
        let sorted = all.sorted()
        guard !sorted.isEmpty else { return .infinity }
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
        return sorted[min(max(1, rank), sorted.count) - 1]
    }

    /// The longest; infinite when there is none.
    public var largest: Double { all.max() ?? .infinity }

    /// The shortest; infinite when there is none.
    public var smallest: Double { all.min() ?? .infinity }

    /// What a goal is held against: the worst of few, the 99th percentile of many.
    public var worst: Double { count >= 100 ? percentile(99) : largest }

    /// `1.250 s`.
    public static func text(_ seconds: Double) -> String {
        let thousandths = Int((min(max(0, seconds), 1e6) * 1000).rounded())
        let rest = String(thousandths % 1000)
        return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest + " s"
    }
}

extension Durations: CustomStringConvertible {
    /// The median, the 99th percentile, the largest and how many there are.
    public var description: String {
        guard !all.isEmpty else { return "none" }
        func rank(_ percent: Double) -> String { Self.text(percentile(percent)) }
        return "p50 \(rank(50))  p99 \(rank(99))  max \(Self.text(largest))  (\(count))"
    }
}
