import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import RoostJobs

/// Who may use the API.
struct TokenRoutes: Sendable {
    let gate: AccessGate
    let vault: TokenVault
    let configuration: APIConfiguration

    var routes: [APIRoute] {
        let routes: [APIRoute] = [
            .get("/tokens", .listTokens) { _, _ in try await list() },
            .post("/tokens", .makeToken) { request, context in try await make(request, context) },
            .delete("/tokens/:id", .revokeToken) { _, context in try await revoke(context) },
        ]
        return routes.map { $0.needing(.admin) }
    }

    private func list() async throws -> Response {
        let records = try await vault.records()
        var json = JSONWriter(capacity: 256 * records.count + 2)
        json.array { json in for record in records { json.write(record) } }
        return Self.reply(.ok, json)
    }

    private func make(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        let envelope = TokenEnvelope(try .parse(body: bytes), limit: configuration.maximumIssues)
        guard let order = envelope.order else { throw APIError.invalid(envelope.issues, "Invalid token") }
        let creator = context.caller.source == .none ? nil : context.caller.name
        let made = try await told(.change) { () throws(StoreError) in try await vault.make(order, by: creator) }
        gate.directory.outdate()
        var json = JSONWriter(capacity: 512)
        json.write(made.record, token: made.token)
        var response = Self.reply(.created, json)
        response.headers[.location] = "/tokens/\(made.record.id)"
        return response
    }

    private func revoke(_ context: APIRequestContext) async throws -> Response {
        guard let id = context.parameters.decoded("id"), try await vault.revoke(id) else {
            throw APIError(.notFound, "Token not found")
        }
        gate.directory.outdate()
        return Response(status: .noContent)
    }

    /// Nothing between here and the client keeps a secret.
    private static func reply(_ status: HTTPResponse.Status, _ json: JSONWriter) -> Response {
        var response = Response(status: status, json: json)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

extension TokenRecord {
    /// As the API shows it; with the token itself, once, when it was made.
    public func document(token: AccessToken? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.write(self, token: token)
        return Array(json.buffer.readableBytesView)
    }
}

extension JSONWriter {
    /// A token; with itself, once, when it was made.
    fileprivate mutating func write(_ record: TokenRecord, token: AccessToken? = nil) {
        object { json in
            json.field("id", record.id)
            json.fields(record)
            if let token { json.field("token", token.text) }
        }
    }
}
