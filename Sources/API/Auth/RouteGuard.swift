import Hummingbird
import HummingbirdCore
import RoostJobs

/// The one place where a route is opened to its callers: who may not use it never reaches its handler, and what is done
/// to jobs, queues and tokens is written down.
struct RouteGuard: Sendable {
    let route: APIRoute
    let gate: AccessGate
    let audit: AuditLog

    func callAsFunction(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        var context = context
        context.caller = try await gate.admit(request, needing: route.scope)
        let account = context.caller.account
        do {
            var response = try await route.handler(request, context)
            if let account { response.headers.append(contentsOf: account.headers) }
            // What one may see is not for a cache that serves others too.
            if gate.policy.asksForTokens, route.scope != .open, response.headers[.cacheControl] == nil {
                response.headers[.cacheControl] = "private, no-cache"
            }
            if route.isAudited, response.status.code < 400 { await write(response, request, context) }
            return response
        } catch var error as APIError {
            if let account { error.headers.append(contentsOf: account.headers) }
            // It, or a part of it, may have happened.
            if route.isAudited, error.status.code >= 500 { await write(error.response(to: request), request, context) }
            throw error
        } catch let error as StoreError where route.isAudited {
            await write(APIError(error, .change).response(to: request), request, context)
            throw error
        }
    }

    private func write(_ response: Response, _ request: Request, _ context: APIRequestContext) async {
        var entry = AuditEntry(route.operation.id, request, context)
        entry.route = "\(route.method.rawValue) \(route.path)"
        entry.target = route.target(in: context) ?? response.headers[.location]
        entry.status = response.status.code
        await audit.add(entry, logger: context.logger)
    }
}

extension APIRoute {
    /// Whether its uses are written to the audit log: changes that people make, not a worker's reports, of which there
    /// are many for each job.
    var isAudited: Bool {
        (scope == .operate || scope == .admin) && method != .get && method != .head && !path.hasPrefix("/leases")
    }

    /// What a request to it is about: the values in its path.
    fileprivate func target(in context: APIRequestContext) -> String? {
        let values = path.split(separator: "/").filter { $0.hasPrefix(":") }.compactMap {
            context.parameters.decoded(String($0.dropFirst()))
        }
        return values.isEmpty ? nil : values.joined(separator: " ")
    }
}
