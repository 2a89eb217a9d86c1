import Synchronization

/// Counts requests that were refused for who sent them.
final class AccessMeter: Sendable {
    enum Reason: String, CaseIterable {
        case missing, invalid, scope, origin, login, rate, unavailable
    }

    private let counts = Mutex<[Reason: Int]>([:])

    func refused(_ reason: Reason) { counts.withLock { $0[reason, default: 0] += 1 } }

    /// The counts now.
    var reading: [Reason: Int] { counts.withLock { $0 } }
}

extension PrometheusText {
    mutating func write(_ access: AccessMeter) {
        let counts = access.reading
        family("roost_http_denied_total", .counter, "Requests refused for who sent them, by why.") {
            for reason in AccessMeter.Reason.allCases { $0.sample(["reason": reason.rawValue], counts[reason] ?? 0) }
        }
    }
}
