import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import RoostJobs

/// Whether this node lives, and whether it should get traffic.
struct HealthRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration
    let readiness: Readiness

    var routes: [APIRoute] {
        [
            .get("/", .getRoot) { _, _ in text("Server is running") }.needing(.open),
            .get("/livez", .getLive) { _, _ in status("OK", .ok) }.needing(.open),
            .get("/readyz", .getReady) { _, _ in await ready() }.needing(.open),
            .get("/health", .getHealth) { _, _ in await health() }.needing(.open),
            .get("/version", .getVersion) { _, _ in version() }.needing(.open),
        ]
    }

    /// 503 while draining or while the store does not answer: a load balancer sends nothing then.
    private func ready() async -> Response {
        if readiness.isDraining { return status("DRAINING", .serviceUnavailable) }
        let reachable = await store.health().isReachable
        return reachable ? status("OK", .ok) : status("DEGRADED", .serviceUnavailable)
    }

    private func health() async -> Response {
        let health = await store.health()
        var json = JSONWriter()
        json.object { json in
            json.field("status", health.isReachable ? "OK" : "DEGRADED")
            json.key("store")
            json.object { json in
                json.field("description", health.description)
                json.field("durability", health.durability)
                if let latency = health.latency { json.field("latency", seconds: latency) }
            }
            json.key("warnings")
            json.array { json in for warning in health.warnings { json.string(warning) } }
        }
        return reply(health.isReachable ? .ok : .serviceUnavailable, json)
    }

    private func status(_ word: String, _ status: HTTPResponse.Status) -> Response {
        var json = JSONWriter(capacity: 32)
        json.object { $0.field("status", word) }
        return reply(status, json)
    }

    /// What a node says of its health is true now only.
    private func reply(_ status: HTTPResponse.Status, _ json: JSONWriter) -> Response {
        var response = Response(status: status, json: json)
        response.headers[.cacheControl] = "no-store"
        if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
        return response
    }

    private func version() -> Response {
        var json = JSONWriter(capacity: 64)
        json.object { json in
            json.field("name", "roost")
            json.field("version", configuration.version)
            json.field("member", configuration.member)
        }
        return Response(json: json)
    }

    private func text(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
