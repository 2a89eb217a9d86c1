import HTTPTypes
public import Hummingbird
import NIOCore

/// The console's routes: one live page, its files, the newest snapshot and a stream of them.
///
/// | call | reply |
/// |---|---|
/// | `GET /` | the page; `/console.css` and `/console.js` belong to it |
/// | `GET /api/snapshot` | the newest snapshot as JSON; 503 before the first |
/// | `GET /events` | snapshots as server-sent events; 503 when too many streams are open |
/// | `GET /livez` | 200 while the process answers |
///
/// Everything is read-only. Paths in the page are relative, so a proxy may put it under a prefix.
public struct ConsoleRoutes: Sendable {
    private let feed: SnapshotFeed
    private let configuration: ConsoleConfiguration
    private let encoded = EncodedSnapshot()
    let gate: StreamGate

    /// Routes over a feed.
    public init(snapshots feed: SnapshotFeed, configuration: ConsoleConfiguration = .init()) {
        self.feed = feed
        self.configuration = configuration
        gate = StreamGate(configuration, feed: feed)
    }

    /// Adds the routes to a router.
    public func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        let group = router.group().add(middleware: ConsoleHeaders())
        group.get("/") { request, _ in ConsoleAsset.page.response(to: request) }
        group.get("/console.css") { request, _ in ConsoleAsset.style.response(to: request) }
        group.get("/console.js") { request, _ in ConsoleAsset.script.response(to: request) }
        group.get("/api/snapshot") { request, _ in snapshot(request) }
        group.get("/events") { request, _ in events(request) }
        group.get("/livez") { _, _ in Self.text(.ok, "ok\n") }
    }

    /// Ends all event streams and takes no new ones: for a shutdown, since they never end by themselves.
    public func endStreams() { gate.close() }

    private func snapshot(_ request: Request) -> Response {
        if request.isFromElsewhere { return Self.text(.forbidden, "This is for pages of this origin.\n") }
        guard let snapshot = feed.latest else {
            return Self.json(.serviceUnavailable, ByteBuffer(string: #"{"error":"No snapshot yet"}"#))
        }
        return Self.json(.ok, encoded.json(of: snapshot))
    }

    private func events(_ request: Request) -> Response {
        if request.isFromElsewhere { return Self.text(.forbidden, "This is for pages of this origin.\n") }
        guard let pass = gate.enter() else {
            var response = Self.json(
                .serviceUnavailable, ByteBuffer(string: #"{"error":"Too many event streams are open"}"#))
            response.headers[.retryAfter] = "10"
            return response
        }
        let stream = EventStream(feed: feed, gate: gate, encoded: encoded, configuration: configuration)
        var headers: HTTPFields = [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"]
        // Proxies of the nginx kind collect replies unless told not to.
        if let buffering = HTTPField.Name("X-Accel-Buffering") { headers[buffering] = "no" }
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                // The place is given back when this closure goes, also when it never ran.
                defer { withExtendedLifetime(pass) {} }
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await stream.write(to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    private static func json(_ status: HTTPResponse.Status, _ body: ByteBuffer) -> Response {
        response(status, "application/json", body)
    }

    private static func text(_ status: HTTPResponse.Status, _ body: String) -> Response {
        response(status, "text/plain; charset=utf-8", ByteBuffer(string: body))
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: ByteBuffer) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .contentLength: String(body.readableBytes)],
            body: ResponseBody(byteBuffer: body))
    }
}
