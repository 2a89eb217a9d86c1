import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import RoostJobs

/// What every request goes through: the Host check, its id, and the translation of errors into replies.
struct APIMiddleware: RouterMiddleware {
    typealias Context = APIRequestContext

    let allowed: AllowedMethods
    let crossOrigin: CrossOrigin
    let meter: RequestMeter
    /// What is held in memory, and how much that may be.
    let bytes: HeldBytes
    let limit: Int

    @concurrent func handle(
        _ request: Request, context: APIRequestContext,
        next: @concurrent (Request, APIRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        meter.started()
        var status = HTTPResponse.Status.internalServerError
        defer {
            // The router's word for no route is no path.
            let route = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil }
            meter.finished(request.method, route: route, status: status, after: .now - start)
        }
        var response = counted(try await answer(request, context: context, next: next), to: request, context)
        status = response.status
        if let id = context.requestID(of: request) { response.headers[.requestID] = id }
        // Who follows a trace finds it in the reply, and with the job.
        if let trace = RequestHeaders.trace(request.headers) { response.headers[.traceParent] = trace }
        crossOrigin.mark(&response, to: request)
        // A refusal has a body, which a client of HEAD would take for the beginning of its next reply.
        return request.method == .head ? response.createHeadResponse() : response
    }

    @concurrent private func answer(
        _ request: Request, context: APIRequestContext,
        next: @concurrent (Request, APIRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try checkHost(request)
            response = try await next(request, context)
        } catch let error as APIError {
            if error.closesConnection { context.closeSoon() }
            response = error.response(to: request)
        } catch let error as StoreError {
            context.logger.warning(
                "The store failed a request", metadata: ["error": "\(error)", "path": "\(request.uri.path)"])
            let isRead = request.method == .get || request.method == .head
            response = APIError(error, isRead ? .read : .change).response(to: request)
        } catch let error as HTTPError where error.status == .notFound {
            response = missing(request)
        } catch let error as HTTPError {
            // The status, not the words: they are the framework's.
            response = APIError(error.status, error.status.reasonPhrase).response(to: request)
        }
        return response
    }

    /// One Host, as RFC 9112 demands. Probes may leave it out: HTTP/1.0 health checks do.
    private func checkHost(_ request: Request) throws(APIError) {
        guard request.headers[.host] == nil else { throw APIError(.badRequest, "More than one Host header") }
        if request.head.authority?.isEmpty ?? true {
            guard ["/health", "/livez", "/readyz"].contains(request.uri.path) else {
                throw APIError(.badRequest, "Missing Host header")
            }
        }
    }

    private func missing(_ request: Request) -> Response {
        let methods = allowed(request.uri.path)
        if methods.isEmpty { return APIError(.notFound, "Not found").response(to: request) }
        let error = APIError.methodNotAllowed(methods)
        if request.method == .options {
            let headers = crossOrigin.preflight(request, methods: methods) ?? [:]
            return Response(status: .noContent, headers: headers + error.headers)
        }
        return error.response(to: request)
    }
}
