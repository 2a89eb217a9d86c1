import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import RoostJobs

/// Speaks to a running API over HTTP, for the client verbs.
struct APIClient: Sendable {
    struct Reply: Sendable {
        let status: Int
        let body: [UInt8]
        /// How many items a list has in all, where the reply says.
        var total: Int?

        /// The reply as an object; nil when it is none.
        var object: JSONObject? { try? JSONScanner.parseObject(body, maximumDepth: 64) }
    }

    let base: String
    let token: String?

    init(options: ClientOptions) {
        let environment = ProcessInfo.processInfo.environment
        let url = options.api ?? environment["ROOST_API"] ?? "http://127.0.0.1:4000"
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        token = options.token ?? environment["ROOST_TOKEN"]
    }

    func get(_ path: String, timeout: Duration = .seconds(10)) async throws(Failure) -> Reply {
        try await send(.GET, path, body: nil, timeout: timeout)
    }

    /// Sends a body, or nothing; 30 seconds, since a bulk takes its time. `idempotencyKey` goes into the head.
    func post(
        _ path: String, _ body: [UInt8]? = nil, idempotencyKey: String? = nil
    ) async throws(Failure) -> Reply {
        if let key = idempotencyKey,
            !(1...200).contains(key.utf8.count) || !key.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        {
            throw Failure(.usage, "an idempotency key is 1 to 200 visible ASCII characters")
        }
        return try await send(.POST, path, body: body, timeout: .seconds(30), idempotencyKey: idempotencyKey)
    }

    func put(_ path: String, _ body: [UInt8]) async throws(Failure) -> Reply {
        try await send(.PUT, path, body: body, timeout: .seconds(10))
    }

    func patch(_ path: String, _ body: [UInt8]) async throws(Failure) -> Reply {
        try await send(.PATCH, path, body: body, timeout: .seconds(10))
    }

    func delete(_ path: String) async throws(Failure) -> Reply {
        try await send(.DELETE, path, body: nil, timeout: .seconds(10))
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, timeout: Duration, idempotencyKey: String? = nil
    ) async throws(Failure) -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let idempotencyKey { request.headers.add(name: "Idempotency-Key", value: idempotencyKey) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: TimeAmount(timeout))
            let bytes = try await response.body.collect(upTo: 64 << 20)
            return Reply(
                status: Int(response.status.code), body: Array(bytes.readableBytesView),
                total: response.headers.first(name: "X-Total-Count").flatMap { Int($0) })
        } catch {
            throw unanswered
        }
    }

    var unanswered: Failure {
        Failure(.unavailable, "\(base) does not answer. Is `roost up` or `roost api` running? (--api URL)")
    }
}

extension APIClient.Reply {
    /// The reply, or the failure its status stands for.
    func checked() throws(Failure) -> Self {
        guard status >= 400 else { return self }
        var text = object?["error"]?.string ?? "HTTP \(status)"
        if status == 401 { text += " (ROOST_TOKEN or --token)" }
        let issues = object?["issues"].map { $0.bytes }.flatMap { try? JSONArray.objects($0) } ?? []
        let details = issues.map { "\n  \(JobText.field($0, "path")) \(JobText.field($0, "message"))" }.joined()
        let kind: Failure.Status =
            switch status {
            case 404: .notFound
            case 401, 403: .denied
            case 429, 503: .tryAgain
            case 400..<500: .badInput
            default: .unavailable
            }
        throw Failure(kind, text + details)
    }
}
