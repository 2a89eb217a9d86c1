import HTTPTypes
import Synchronization

/// Counts requests by method, route and kind of status.
final class RequestMeter: Sendable {
    struct Key: Hashable {
        var method: String
        /// The route's template, never a path: there is no end of paths.
        var route: String
        /// `2xx` for example.
        var status: String
    }

    private struct Counts {
        var finished: [Key: DurationHistogram] = [:]
        var running = 0
    }

    private let counts = Mutex(Counts())

    func started() { counts.withLock { $0.running += 1 } }

    /// A request was answered; `route` is nil when there is none for its path.
    func finished(_ method: HTTPRequest.Method, route: String?, status: HTTPResponse.Status, after time: Duration) {
        // Anybody may make up a method.
        let method = Self.methods.contains(method) ? method.rawValue : "other"
        let key = Key(method: method, route: route ?? "none", status: Self.kinds[min(max(0, status.code / 100), 9)])
        counts.withLock { counts in
            counts.running -= 1
            counts.finished[key, default: DurationHistogram()].add(time)
        }
    }

    /// What was counted, in an order that stays.
    var reading: (finished: [(key: Key, durations: DurationHistogram)], running: Int) {
        let counts = counts.withLock { $0 }
        let keys = counts.finished.keys.sorted { ($0.route, $0.method, $0.status) < ($1.route, $1.method, $1.status) }
        return (keys.compactMap { key in counts.finished[key].map { (key, $0) } }, counts.running)
    }

    private static let kinds = (0...9).map { "\($0)xx" }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
}
