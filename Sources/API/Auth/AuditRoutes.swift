import Hummingbird
import HummingbirdCore
import RoostJobs

/// `GET /audit`: who did what, the newest first.
struct AuditRoutes: Sendable {
    let store: any DocumentStore

    private static let path = "/audit"
    private static let standard = 50
    private static let most = 200

    var routes: [APIRoute] {
        [APIRoute.get(Self.path, .listAudit) { request, _ in try await list(request) }.needing(.admin)]
    }

    private func list(_ request: Request) async throws -> Response {
        let before = try number(request, "before")
        let limit = min(try number(request, "limit").flatMap { Int(exactly: $0) } ?? Self.standard, Self.most)
        let entries = try await store.entries(of: AuditLog.name, before: before, limit: limit)
        var json = JSONWriter(capacity: 512 * entries.count + 2)
        json.array { json in for entry in entries { json.write(entry) } }
        var response = Response(json: json)
        response.headers[.cacheControl] = "no-store"
        if entries.count == limit, let last = entries.last {
            response.headers[.link] = "<\(Self.path)?before=\(last.position)&limit=\(limit)>; rel=\"next\""
        }
        return response
    }

    private func number(_ request: Request, _ name: String) throws(APIError) -> Int64? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.utf8.allSatisfy({ $0 == 0x30 })
        else { throw APIError(.badRequest, "'\(name)' must be a whole number from 1") }
        // More than there can be is as much as there is.
        return Int64(text) ?? .max
    }
}

extension JSONWriter {
    /// An entry, with when the store took it.
    fileprivate mutating func write(_ entry: StoredEntry) {
        object { json in
            json.field("id", Int(entry.position))
            json.field("at", entry.at)
            guard let object = try? JSONScanner.parseObject(entry.body) else { return }
            for (key, value) in object.members where key != "id" && key != "at" { json.field(key, json: value.bytes) }
        }
    }
}
