import RoostJobs

/// What a receiver's answer means for a delivery. Pure.
enum DeliveryVerdict: Sendable, Equatable {
    /// It has it.
    case delivered
    /// It wants no more, ever.
    case gone
    /// Not now: again after what it asked for, or after the usual wait.
    case again(after: Duration?, String)

    /// - Parameter retryAfter: the `Retry-After` header.
    init(status: Int, retryAfter: String?, now: Timestamp, longest: Duration) {
        switch status {
        case 200..<300: self = .delivered
        case 410: self = .gone
        case 429, 503:
            let wait = retryAfter.flatMap { Self.wait($0, now: now) }
            self = .again(after: wait.map { min(max(.zero, $0), longest) }, "the receiver answered \(status)")
        case 300..<400: self = .again(after: nil, "the receiver answered \(status): redirects are not followed")
        default: self = .again(after: nil, "the receiver answered \(status)")
        }
    }

    /// Seconds, or a date (RFC 9110 10.2.3).
    private static func wait(_ text: String, now: Timestamp) -> Duration? {
        if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { .seconds($0) }
        }
        // Sun, 06 Nov 1994 08:49:37 GMT
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z").map { $0.since(now) }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
