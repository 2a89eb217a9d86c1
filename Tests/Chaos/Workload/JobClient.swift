import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import RoostJobs

/// A client of the API that says of every request whether it is known to have worked, known to have not, or neither.
struct JobClient: Sendable {
    struct Reply: Sendable {
        let status: Int
        let bytes: [UInt8]

        var object: JSONObject? { try? JSONScanner.parseObject(bytes, maximumDepth: 64) }
    }

    /// Shuts the client down with its last user, also where a test ends early: AsyncHTTPClient ends the process otherwise.
    private final class Owner: Sendable {
        let http: HTTPClient

        init(_ http: HTTPClient) { self.http = http }

        deinit { http.shutdown { _ in } }
    }

    private let owner: Owner
    var http: HTTPClient { owner.http }
    let base: String

    init(base: String) {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(2), read: .seconds(10))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 32
        owner = Owner(HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
        self.base = base
    }

    func close() async { try? await http.shutdown() }

    func request(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, key: String? = nil
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        let response = try await http.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 16 << 20)
        return Reply(status: Int(response.status.code), bytes: Array(body.readableBytesView))
    }

    /// Asks for a job to be taken.
    func submit(_ item: WorkItem) async -> HistoryEvent.Submit {
        let sent = HistoryLog.now
        let answer: HistoryEvent.Submit.Answer
        do {
            let reply = try await request(.POST, "/jobs", item.body, key: item.hasKey ? item.op : nil)
            if reply.status == 202, let job = reply.object?["job_id"]?.string {
                answer = .ok(job: job)
            } else if reply.status < 500 {
                answer = .refused("\(reply.status) \(String(decoding: reply.bytes.prefix(300), as: UTF8.self))")
            } else {
                answer = .unknown("\(reply.status)")
            }
        } catch {
            answer = .unknown("\(error)")
        }
        return .init(
            op: item.op, sent: sent, at: HistoryLog.now, delay: Int64(item.delay * 1_000_000), failures: item.failures,
            ttl: Int64(item.ttl) * 1_000_000, answer: answer)
    }

    /// The job as it is; nil when there was no answer.
    func poll(_ job: String) async -> HistoryEvent.Poll? {
        let sent = HistoryLog.now
        guard let reply = try? await request(.GET, "/jobs/\(job)") else { return nil }
        if reply.status == 404 { return .init(job: job, sent: sent, at: HistoryLog.now) }
        guard reply.status == 200, let object = reply.object else { return nil }
        return .init(object, sent: sent, at: HistoryLog.now)
    }

    /// Asks for a job to be called off.
    func cancel(_ job: String) async -> HistoryEvent.Cancel {
        let sent = HistoryLog.now
        let status = try? await request(.POST, "/jobs/\(job)/cancel").status
        let answer: HistoryEvent.Cancel.Answer =
            switch status {
            case 200: .cancelled
            case 202: .requested
            case 404, 409: .refused
            default: .unknown
            }
        return .init(job: job, sent: sent, at: HistoryLog.now, answer: answer)
    }

    /// Repeats a request until it is known to have worked; when the last one was sent and when it was answered.
    func insist(_ method: HTTPMethod, _ path: String, seconds: Int = 60) async throws -> (sent: Moment, at: Moment)? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            let sent = HistoryLog.now
            if let reply = try? await request(method, path), reply.status < 300 { return (sent, HistoryLog.now) }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }
}

extension HistoryEvent.Poll {
    /// A job as the API shows it.
    init?(_ object: JSONObject, sent: Moment, at: Moment) {
        func time(_ key: String) -> Moment? { object[key]?.string.flatMap { Timestamp(rfc3339: $0) }?.microseconds }
        guard let id = object["id"]?.string, let state = object["status"]?.string.flatMap(JobState.init(rawValue:))
        else { return nil }
        let payload = object["payload"]?.object
        self.init(
            job: id, sent: sent, at: at, op: payload?["op"]?.string ?? "", queue: object["queue"]?.string ?? "",
            state: state, attempt: object["attempt"]?.int ?? 0, crashes: object["crashes"]?.int ?? 0,
            started: time("started_at"), finished: time("finished_at"), expires: time("expires_at"),
            result: object["result"].flatMap {
                $0.kind == .null ? nil : String(decoding: $0.bytes, as: UTF8.self)
            }, error: object["error"]?.string)
    }
}
