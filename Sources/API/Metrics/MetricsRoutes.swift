import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// `GET /metrics` for Prometheus. A scrape makes three calls to the store, however many jobs there are.
///
/// What the store counts is the same on every node: take the maximum over nodes, not the sum.
struct MetricsRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration
    let readiness: Readiness

    /// More queues than this are summed up as `other`.
    static let maximumQueues = 200

    var routes: [APIRoute] { [.get("/metrics", .getMetrics) { _, _ in await scrape() }] }

    private func scrape() async -> Response {
        let reading = await StoreReading(store)
        var text = PrometheusText()
        text.family("roost_build_info", .gauge, "What runs here.") {
            $0.sample(["version": configuration.version, "member": configuration.member], 1)
        }
        text.single("roost_draining", .gauge, "1 while this node leaves the rotation.", readiness.isDraining ? 1 : 0)
        text.write(reading)
        if let counts = reading.counts { text.write(counts) }
        if let queues = reading.queues { text.write(queues, now: .now()) }
        text.write(configuration.metrics.requests)
        text.write(configuration.metrics.connections.reading)
        text.single(
            "roost_http_requests_waiting", .gauge, "Requests that wait for something to happen.",
            Double(configuration.metrics.waiting.count))
        text.single(
            "roost_http_body_bytes", .gauge, "Bytes that bodies of requests and long replies hold.",
            Double(configuration.metrics.held.count))
        text.write(configuration.metrics.access)
        text.write(ProcessReading())
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: text.buffer))
    }
}

/// What a scrape learns of the store, and how long that took.
struct StoreReading: Sendable {
    let health: StoreHealth
    private(set) var counts: StoreCounts?
    private(set) var queues: [QueueStatus]?
    private(set) var times: [(operation: String, time: Duration)] = []

    init(_ store: any JobStore) async {
        let clock = ContinuousClock()
        var start = clock.now
        health = await store.health()
        times.append(("health", clock.now - start))
        // One that is known not to answer is not asked again.
        guard health.isReachable else { return }
        start = clock.now
        counts = try? await store.counts()
        times.append(("counts", clock.now - start))
        start = clock.now
        queues = try? await store.queues()
        times.append(("queues", clock.now - start))
    }
}
