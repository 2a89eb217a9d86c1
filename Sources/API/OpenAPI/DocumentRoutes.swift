import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Synchronization

/// The surface described: `/openapi.json` for programs, `/docs` for people. Both are built once, when first asked for.
struct DocumentRoutes: Sendable {
    private let rendering: DocumentRendering

    private static let documentPath = "/openapi.json"
    private static let pagePath = "/docs"

    /// Describes the routes, and these two.
    init(_ routes: [APIRoute], version: String, asksForTokens: Bool = false) {
        let own: [OpenAPIDocument.Entry] = [
            .init(method: .get, path: Self.documentPath, operation: .getDocument, scope: .open),
            .init(method: .get, path: Self.pagePath, operation: .getDocs, scope: .open),
        ]
        let entries = routes.map {
            OpenAPIDocument.Entry(method: $0.method, path: $0.path, operation: $0.operation, scope: $0.scope)
        }
        rendering = DocumentRendering(
            OpenAPIDocument(entries: entries + own, version: version, asksForTokens: asksForTokens))
    }

    var routes: [APIRoute] {
        [
            .get(Self.documentPath, .getDocument) { request, _ in document(request) }.needing(.open),
            .get(Self.pagePath, .getDocs) { _, _ in docs() }.needing(.open),
        ]
    }

    private func document(_ request: Request) -> Response {
        let (json, tag) = rendering.json
        let isKnown = request.headers[.ifNoneMatch].map { EntityTag.list($0, contains: tag) } ?? false
        var response =
            isKnown
            ? Response(status: .notModified)
            : Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: json))
        response.headers[.eTag] = tag
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    private func docs() -> Response {
        let (page, policy) = rendering.page
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy,
                .xContentTypeOptions: "nosniff", .cacheControl: "no-cache",
            ], body: .init(byteBuffer: page))
    }
}

/// The document's bytes, made once.
private final class DocumentRendering: Sendable {
    private let document: OpenAPIDocument
    private let builtJSON = Mutex<(ByteBuffer, String)?>(nil)
    private let builtPage = Mutex<(ByteBuffer, String)?>(nil)

    init(_ document: OpenAPIDocument) { self.document = document }

    /// The JSON and its entity tag.
    var json: (ByteBuffer, String) {
        builtJSON.withLock { built in
            if let built { return built }
            var json = JSONWriter(capacity: 64 << 10)
            json.write(document.json)
            let fresh = (json.buffer, EntityTag.of(json.buffer))
            built = fresh
            return fresh
        }
    }

    /// The page and what a browser may load for it.
    var page: (ByteBuffer, String) {
        builtPage.withLock { built in
            if let built { return built }
            let page = DocumentPage(document)
            let fresh = (ByteBuffer(string: page.text), page.policy)
            built = fresh
            return fresh
        }
    }
}
