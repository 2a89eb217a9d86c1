/// One word for records: `x<base>,<cap>,<jitter>`, `f<wait>,<jitter>` or `l<jitter>,<wait>,…`; times in microseconds,
/// the jitter in thousandths.
extension RetryPolicy: LosslessStringConvertible {
    public var description: String {
        func micros(_ wait: Duration) -> String { String(wait.clampedMicroseconds) }
        let spread = String(Int((jitter * 1000).rounded()))
        return switch kind {
        case .exponential(let base, let cap): "x\(micros(base)),\(micros(cap)),\(spread)"
        case .fixed(let wait): "f\(micros(wait)),\(spread)"
        case .list(let waits): "l\(spread)," + waits.map(micros).joined(separator: ",")
        }
    }

    public init?(_ text: String) {
        let numbers = text.dropFirst().split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
        let known = numbers.compactMap { $0 }
        guard known.count == numbers.count, known.allSatisfy({ $0 >= 0 }) else { return nil }
        func wait(_ place: Int) -> Duration { .microseconds(known[place]) }
        func spread(_ place: Int) -> Double { Double(min(known[place], 1000)) / 1000 }
        switch (text.first, known.count) {
        case ("x", 3): self.init(.exponential(base: wait(0), cap: wait(1)), jitter: spread(2))
        case ("f", 2): self.init(.fixed(wait(0)), jitter: spread(1))
        case ("l", 2...(1 + Self.listLimit)):
            self.init(.list(known.dropFirst().map { .microseconds($0) }), jitter: spread(0))
        default: return nil
        }
    }
}
