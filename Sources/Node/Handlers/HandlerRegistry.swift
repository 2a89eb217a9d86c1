public import RoostJobs

/// Which types of jobs a node can run, and how. A value: fill it, then give it to a `NodeService`.
///
/// A later registration of a type replaces an earlier one. Payloads that a handler's type cannot be decoded from make
/// the job a dead letter at once, since no further attempt would differ.
public struct HandlerRegistry: Sendable {
    private var handlers: [String: Handler] = [:]
    private var anyOther: Handler?
    private var middleware: [JobMiddleware] = []

    /// No handlers.
    public init() {}

    /// The types that are claimed; nil: any, because there is a fallback.
    public var types: Set<String>? { anyOther == nil ? Set(handlers.keys) : nil }

    /// Registers a job written as a type.
    /// - Throws: `HandlerRegistryError.invalidType` when `J.type` is no `JobName`.
    public mutating func register<J: Job>(_: J.Type) throws(HandlerRegistryError) {
        try add(J.type, J.options, { J.retry($0) }) { payload, context in
            try Payload.encode(await Payload.decode(J.self, from: payload).run(context))
        }
    }

    /// Registers a closure from a decodable payload to an encodable result.
    /// - Parameters:
    ///   - options: only `retry` matters to a node; nil: the node's own policy.
    ///   - retry: asked about failed attempts before any policy.
    /// - Throws: `HandlerRegistryError.invalidType`.
    public mutating func register<P: Decodable & Sendable, R: Encodable & Sendable>(
        _ type: String, options: JobOptions? = nil, retry: RetryRule? = nil,
        _ run: @escaping @Sendable (P, JobContext) async throws -> R
    ) throws(HandlerRegistryError) {
        try add(type, options, retry) { payload, context in
            try Payload.encode(await run(Payload.decode(P.self, from: payload), context))
        }
    }

    /// Registers a closure from the payload's bytes to the result's, which must be JSON.
    /// - Throws: `HandlerRegistryError.invalidType`.
    public mutating func register(
        raw type: String, options: JobOptions? = nil, retry: RetryRule? = nil,
        _ run: @escaping @Sendable ([UInt8], JobContext) async throws -> [UInt8]
    ) throws(HandlerRegistryError) {
        try add(type, options, retry) { payload, context in try Payload.check(await run(payload, context)) }
    }

    /// Registers what runs every type that has no handler; the node then claims jobs of any type.
    public mutating func fallback(
        options: JobOptions? = nil, retry: RetryRule? = nil,
        _ run: @escaping @Sendable ([UInt8], JobContext) async throws -> [UInt8]
    ) {
        anyOther = Handler(retry: options?.retry, rule: retry) { payload, context in
            try Payload.check(await run(payload, context))
        }
    }

    /// Puts something around every handler of this registry, those registered later and the fallback included: the one
    /// that was put first is outermost.
    ///
    /// ```swift
    /// handlers.use { job, next in
    ///     let started = ContinuousClock.now
    ///     defer { timings.record(job.context.type, ContinuousClock.now - started) }
    ///     return try await next(job)
    /// }
    /// ```
    ///
    /// It runs in the handler's task: a cancellation reaches both. What it throws is what the attempt ends with, so an
    /// error of `next` that is not its business it throws on: payloads that cannot be decoded fail for good by it. What
    /// it returns must be JSON. It may change the payload on the way in and the result on the way out, call `next` not at
    /// all, or again.
    public mutating func use(_ middleware: @escaping JobMiddleware) { self.middleware.append(middleware) }

    func handler(for type: String) -> Handler? { handlers[type] ?? anyOther }

    /// Runs a handler with everything around it; returns JSON.
    func run(_ handler: Handler, _ payload: [UInt8], _ context: JobContext) async throws -> [UInt8] {
        if middleware.isEmpty { return try await handler.run(payload, context) }
        return try Payload.check(await middleware.around(handler)(JobCall(context: context, payload: payload)))
    }

    private mutating func add(
        _ type: String, _ options: JobOptions?, _ rule: RetryRule?,
        _ run: @escaping @Sendable ([UInt8], JobContext) async throws -> [UInt8]
    ) throws(HandlerRegistryError) {
        guard JobName.isValid(type) else { throw .invalidType(type) }
        handlers[type] = Handler(retry: options?.retry, rule: rule, run: run)
    }
}

/// Why a handler was not registered.
public enum HandlerRegistryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No type may be called that; see `JobName`.
    case invalidType(String)

    /// The same in a sentence.
    public var description: String {
        switch self {
        case .invalidType(let type): "\(type.debugDescription) cannot name a type of jobs"
        }
    }
}
