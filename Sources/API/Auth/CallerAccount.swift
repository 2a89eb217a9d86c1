import HTTPTypes
import RoostJobs
import Synchronization

/// What one request takes from what its token may use, and what is left, for the headers of its reply
/// (draft-ietf-httpapi-ratelimit-headers).
///
/// The store counts, so that the limits hold for the whole cluster. While it does not answer nothing is refused for them:
/// the request meets the store itself, or needs none.
final class CallerAccount: Sendable {
    private let token: TokenRecord
    private let store: any DocumentStore
    private let left = Mutex<[(meter: Meter, allowance: Allowance)]>([])

    /// What is metered.
    private enum Meter: String {
        case requests, jobs
    }

    private static let day = Duration.seconds(86_400)

    init(_ token: TokenRecord, store: any DocumentStore) {
        self.token = token
        self.store = store
    }

    /// Takes one request.
    func takeRequest() async throws(APIError) {
        guard let rate = token.rate else { return }
        try await take(1, .requests, limit: rate.count, period: rate.period)
    }

    /// Takes jobs, all or none.
    func take(jobs count: Int) async throws(APIError) {
        guard let quota = token.quota, count > 0 else { return }
        try await take(count, .jobs, limit: quota, period: Self.day)
    }

    private func take(_ amount: Int, _ meter: Meter, limit: Int, period: Duration) async throws(APIError) {
        let allowance: Allowance
        do throws(StoreError) {
            allowance = try await store.spend(
                amount, of: "\(meter.rawValue):\(token.id)", limit: limit, period: period)
        } catch { return }
        left.withLock { $0.append((meter, allowance)) }
        guard !allowance.isGranted else { return }
        var error = APIError(
            .tooManyRequests,
            meter == .requests
                ? "More requests than this token may send"
                : "More jobs than this token may give a day: \(allowance.remaining) are left")
        error.headers[.retryAfter] = String(Self.seconds(allowance.resetsIn))
        throw error
    }

    /// The fields that tell.
    var headers: HTTPFields {
        var policies: [String] = []
        var states: [String] = []
        if let rate = token.rate { policies.append(Self.policy(.requests, rate.count, rate.period)) }
        if let quota = token.quota { policies.append(Self.policy(.jobs, quota, Self.day)) }
        for (meter, allowance) in left.withLock({ $0 }) {
            states.append(
                "\"\(meter.rawValue)\";r=\(max(0, allowance.remaining));t=\(Self.seconds(allowance.resetsIn))")
        }
        var fields: HTTPFields = [.rateLimitPolicy: policies.joined(separator: ", ")]
        if !states.isEmpty { fields[.rateLimit] = states.joined(separator: ", ") }
        return fields
    }

    private static func policy(_ meter: Meter, _ count: Int, _ period: Duration) -> String {
        "\"\(meter.rawValue)\";q=\(count);w=\(seconds(period))"
    }

    /// Whole seconds, rounded up: who waits them finds the next window.
    private static func seconds(_ duration: Duration) -> Int64 {
        max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0))
    }
}
