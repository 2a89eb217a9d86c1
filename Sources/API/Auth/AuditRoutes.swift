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
        let before = try PageQuery.number(request.uri, "before").map { Int64($0) }
        let limit = min(try PageQuery.number(request.uri, "limit") ?? Self.standard, Self.most)
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
