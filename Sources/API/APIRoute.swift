import HTTPTypes
import Hummingbird

/// One entry of the routing table.
struct APIRoute: Sendable {
    typealias Handler = @Sendable (Request, APIRequestContext) async throws -> Response

    let method: HTTPRequest.Method
    /// Segments, where `:name` stands for any.
    let path: String
    /// What it is for its users: a route without cannot be made.
    let operation: Operation
    let handler: Handler
    /// What its caller must be allowed to do; nil: to read, or to operate when it changes something.
    private var scoped: Scope?

    init(method: HTTPRequest.Method, path: String, operation: Operation, handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.operation = operation
        self.handler = handler
    }

    /// What its caller must be allowed to do.
    var scope: Scope { scoped ?? (method == .get ? .read : .operate) }

    /// The same route for callers of this scope.
    func needing(_ scope: Scope) -> APIRoute {
        var route = self
        route.scoped = scope
        return route
    }

    static func get(_ path: String, _ operation: Operation, _ handler: @escaping Handler) -> APIRoute {
        APIRoute(method: .get, path: path, operation: operation, handler: handler)
    }

    static func put(_ path: String, _ operation: Operation, _ handler: @escaping Handler) -> APIRoute {
        APIRoute(method: .put, path: path, operation: operation, handler: handler)
    }

    static func patch(_ path: String, _ operation: Operation, _ handler: @escaping Handler) -> APIRoute {
        APIRoute(method: .patch, path: path, operation: operation, handler: handler)
    }

    static func delete(_ path: String, _ operation: Operation, _ handler: @escaping Handler) -> APIRoute {
        APIRoute(method: .delete, path: path, operation: operation, handler: handler)
    }

    static func post(_ path: String, _ operation: Operation, _ handler: @escaping Handler) -> APIRoute {
        APIRoute(method: .post, path: path, operation: operation, handler: handler)
    }
}

/// Which methods a path knows: for 405 and `Allow`. Only looked at when routing found nothing.
struct AllowedMethods: Sendable {
    private var paths: [(segments: [Substring], method: HTTPRequest.Method)] = []

    init(_ routes: [APIRoute], under prefix: String = "") {
        for route in routes {
            let segments = (prefix + route.path).split(separator: "/")
            paths.append((segments, route.method))
            if route.method == .get { paths.append((segments, .head)) }
        }
    }

    /// The methods of the routes that match; empty when the path is unknown. A literal path hides one with a parameter,
    /// as in the router.
    func callAsFunction(_ path: String) -> [HTTPRequest.Method] {
        let wanted = path.prefix(2048).split(separator: "/")
        let literal = paths.filter { $0.segments == wanted }
        let matching = literal.isEmpty ? paths.filter { Self.matches($0.segments, wanted) } : literal
        return matching.map(\.method)
    }

    private static func matches(_ pattern: [Substring], _ path: [Substring]) -> Bool {
        pattern.count == path.count && zip(pattern, path).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
    }
}
