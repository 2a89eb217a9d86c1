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

        /// The reply as an object; nil when it is none.
        var object: JSONObject? { try? JSONScanner.parseObject(body, maximumDepth: 64) }
    }

    let base: String
    let token: String?

    init(options: ClientOptions) {
        let environment = ProcessInfo.processInfo.environment
        let url = options.api ?? environment["ROOST_API"] ?? "http://127.0.0.1:4000"
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        token = environment["ROOST_TOKEN"]
    }

    func get(_ path: String, timeout: Duration = .seconds(10)) async throws(Failure) -> Reply {
        try await send(.GET, path, body: nil, timeout: timeout)
    }

    func post(_ path: String, _ body: [UInt8]) async throws(Failure) -> Reply {
        try await send(.POST, path, body: body, timeout: .seconds(10))
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, timeout: Duration
    ) async throws(Failure) -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: TimeAmount(timeout))
            let bytes = try await response.body.collect(upTo: 64 << 20)
            return Reply(status: Int(response.status.code), body: Array(bytes.readableBytesView))
        } catch {
            throw Failure(.unavailable, "\(base) does not answer. Is `roost up` or `roost api` running? (--api URL)")
        }
    }
}

extension APIClient.Reply {
    /// The reply, or the failure its status stands for.
    func checked() throws(Failure) -> Self {
        guard status >= 400 else { return self }
        let text = object?["error"]?.string ?? "HTTP \(status)"
        let issues = object?["issues"].map { ": " + String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        let kind: Failure.Status =
            switch status {
            case 404: .notFound
            case 401, 403: .denied
            case 429, 503: .tryAgain
            case 400..<500: .badInput
            default: .unavailable
            }
        throw Failure(kind, text + issues)
    }
}
