import HTTPTypes
public import Hummingbird
import NIOCore
import RoostJobs

/// The console's own routes: its files, and what the API has no stream of.
///
/// | call | reply |
/// |---|---|
/// | `GET /` | the page |
/// | `GET /assets/:file` | what belongs to it |
/// | `GET /snapshot` | the newest snapshot as JSON; 503 before the first |
/// | `GET /events` | snapshots as server-sent events, with `?job=ID` hints about that job between them; 503 when too many streams are open |
/// | `GET /links` | which members are connected to which |
/// | `GET /times` | percentiles of how long the newest jobs waited and ran |
/// | `GET /livez` | 200 while the process answers |
///
/// Paths in the page are relative, so a proxy may put it under a prefix. The page uses the API under `api/`, which
/// whoever runs the console adds to the same router.
public struct ConsoleRoutes: Sendable {
    private let sources: ConsoleSources
    private let configuration: ConsoleConfiguration
    private let encoded = EncodedSnapshot()
    private let links: SharedAnswer?
    private let times: SharedAnswer?
    let gate: StreamGate

    /// Routes over what there is to show.
    public init(_ sources: ConsoleSources, configuration: ConsoleConfiguration = .init()) {
        self.sources = sources
        self.configuration = configuration
        gate = StreamGate(configuration, feed: sources.snapshots)
        links = sources.links.map { links in
            SharedAnswer("[]", interval: configuration.interval) { try SharedAnswer.encode(await links()) }
        }
        times = sources.done.map { done in
            SharedAnswer("null", interval: configuration.interval) {
                try SharedAnswer.encode(SampleTimes(try await done()))
            }
        }
    }

    /// Adds the routes to a router.
    ///
    /// - Parameter authorize: Says whether a request may see what is going on: nil, or the reply that refuses it. The
    ///   page and its files are for everybody: they are the same for all, and one of them is where people log in.
    public func add<Context: RequestContext>(
        to router: some RouterMethods<Context>,
        authorize: @escaping @Sendable (Request, Context) async -> Response? = { _, _ in nil }
    ) {
        let group = router.group().add(middleware: ConsoleHeaders())
        group.get("/") { request, _ in ConsoleAsset.page.response(to: request) }
        group.get("/assets/:file") { request, context in
            guard let asset = context.parameters.get("file").flatMap({ ConsoleAsset.all[$0] }) else {
                return Self.text(.notFound, "There is no such file.\n")
            }
            return asset.response(to: request)
        }
        group.get("/livez") { _, _ in Self.text(.ok, "ok\n") }
        func guarded(_ path: RouterPath, _ reply: @escaping @Sendable (Request) async throws -> Response) {
            group.get(path) { request, context in
                if request.isFromElsewhere { return Self.text(.forbidden, "This is for pages of this origin.\n") }
                if let refusal = await authorize(request, context) { return refusal }
                return try await reply(request)
            }
        }
        guarded("/snapshot") { _ in snapshot() }
        guarded("/events") { events($0) }
        for (path, answer) in [("/links", links), ("/times", times)] {
            guard let answer else { continue }
            guarded(RouterPath(path)) { _ in Self.json(.ok, ByteBuffer(bytes: await answer.json())) }
        }
    }

    /// Ends all event streams and takes no new ones: for a shutdown, since they never end by themselves.
    public func endStreams() { gate.close() }

    private func snapshot() -> Response {
        guard let snapshot = sources.snapshots.latest else {
            return Self.json(.serviceUnavailable, ByteBuffer(string: #"{"error":"No snapshot yet"}"#))
        }
        return Self.json(.ok, encoded.json(of: snapshot))
    }

    private func events(_ request: Request) -> Response {
        guard let pass = gate.enter() else {
            var response = Self.json(
                .serviceUnavailable, ByteBuffer(string: #"{"error":"Too many event streams are open"}"#))
            response.headers[.retryAfter] = "10"
            return response
        }
        let stream = EventStream(
            feed: sources.snapshots, gate: gate, encoded: encoded, configuration: configuration,
            hints: hints(request))
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

    private func hints(_ request: Request) -> JobHints? {
        guard let changes = sources.changes, let text = request.uri.queryParameters["job"],
            let id = JobID(String(text))
        else { return nil }
        return JobHints(id, changes: changes, interval: configuration.hintInterval, feed: sources.snapshots)
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
