public import RoostJobs

/// Stands around every handler of a registry: does something before, calls `next`, does something after. See
/// `HandlerRegistry.use(_:)`.
public typealias JobMiddleware = @Sendable (_ job: JobCall, _ next: JobCall.Next) async throws -> [UInt8]

/// An attempt on its way to its handler.
public struct JobCall: Sendable {
    /// What comes after a middleware: the next one, then the handler. Returns the result as JSON; throws what the handler
    /// threw, a `JobOutcome` for example, or what kept it from being called.
    public typealias Next = @Sendable (JobCall) async throws -> [UInt8]

    /// The attempt.
    public let context: JobContext
    /// The payload as the handler is to get it.
    public var payload: [UInt8]

    /// An attempt, for tests of a middleware.
    public init(context: JobContext, payload: [UInt8]) {
        self.context = context
        self.payload = payload
    }
}

extension [JobMiddleware] {
    /// Calls the handler with everything around it, the first outermost.
    func around(_ handler: Handler) -> JobCall.Next {
        let innermost: JobCall.Next = { try await handler.run($0.payload, $0.context) }
        return reversed().reduce(innermost) { next, middleware in { try await middleware($0, next) } }
    }
}
