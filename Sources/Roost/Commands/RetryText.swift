import RoostJobs

/// Waits between attempts as they are typed.
enum RetryText {
    /// `1,5,30`, `fixed:10`, `exponential[:BASE[:CAP[:JITTER]]]`, or JSON as the API takes it; returns that JSON.
    static func json(_ text: String) throws(Failure) -> [UInt8] {
        if text.hasPrefix("{") || text.hasPrefix("[") { return try JSONSource.read(text, what: "--retry") }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var policy = JSONMembers()
        switch (parts[0], parts.count) {
        case ("fixed", 2):
            policy.add("kind", "fixed")
            try policy.add("delay", seconds: number(parts[1]))
        case ("exponential", 1...4):
            policy.add("kind", "exponential")
            for (key, value) in zip(["base", "cap", "jitter"], parts.dropFirst()) {
                try policy.add(key, seconds: number(value))
            }
        case (_, 1):
            var waits: [String] = []
            for wait in text.split(separator: ",", omittingEmptySubsequences: false) {
                waits.append("\(try number(String(wait)))")
            }
            return Array("[\(waits.joined(separator: ","))]".utf8)
        default: throw unclear
        }
        return policy.bytes
    }

    private static func number(_ text: String) throws(Failure) -> Double {
        guard let number = Double(text), number.isFinite else { throw unclear }
        return number
    }

    private static let unclear = Failure(
        .usage, "--retry: waits are 1,5,30 or fixed:10 or exponential:BASE:CAP:JITTER")
}
