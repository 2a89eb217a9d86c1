import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RoostJobs
import Testing

@testable import RoostAPI

@Suite("GET /metrics")
struct MetricsTests {
    let rig = APIRig()

    /// The samples of a scrape by name and labels.
    func samples() async throws -> [String: Double] {
        let reply = try await rig.get("/metrics")
        #expect(reply.status == 200)
        #expect(try reply.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        return try Self.samples(reply.text)
    }

    /// Reads the text as Prometheus does: each family once, HELP and TYPE before its samples, each series once.
    static func samples(_ text: String) throws -> [String: Double] {
        #expect(text.hasSuffix("\n"))
        var samples: [String: Double] = [:]
        var families: Set<Substring> = []
        var current: Substring = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == "#" {
                if words[1] == "HELP" {
                    #expect(families.insert(words[2]).inserted, "\(words[2]) twice")
                    current = words[2]
                } else {
                    #expect(words[1] == "TYPE" && words[2] == current)
                    let isTotal = current.hasSuffix("_total")
                    #expect(isTotal == (words[3] == "counter"), "\(current) is a \(words[3])")
                }
                continue
            }
            let (series, value) = (
                line.prefix(line.utf8.count - words[words.count - 1].utf8.count - 1), words[words.count - 1]
            )
            #expect(series.hasPrefix(current))
            #expect(samples.updateValue(try #require(Double(value)), forKey: String(series)) == nil, "\(series) twice")
        }
        return samples
    }

    @Test("jobs are counted by queue and state, and what happened to them since the start")
    func jobs() async throws {
        _ = try await rig.submit()
        _ = try await rig.submit(#""queue":"mail","delay":60"#)
        _ = try await rig.submit(#""max_attempts":1"#)
        _ = try await rig.die()
        _ = try await rig.post("/queues/mail/pause", "")
        let samples = try await samples()
        #expect(samples[#"roost_jobs{queue="default",state="queued"}"#] == 1)
        #expect(samples[#"roost_jobs{queue="default",state="failed"}"#] == 1)
        #expect(samples[#"roost_jobs{queue="mail",state="scheduled"}"#] == 1)
        #expect(samples[#"roost_jobs_total{event="enqueued"}"#] == 3)
        #expect(samples[#"roost_jobs_total{event="failed"}"#] == 1)
        #expect(samples[#"roost_queue_paused{queue="mail"}"#] == 1)
        #expect(try #require(samples[#"roost_queue_oldest_age_seconds{queue="default"}"#]) >= 0)
        #expect(samples["roost_store_up"] == 1)
        #expect(samples[#"roost_build_info{version="1.2.3",member="api@127.0.0.1:4370"}"#] == 1)
    }

    @Test("requests are counted by template and kind of status, however many paths and methods there are")
    func requests() async throws {
        try await rig.application().test(.router) { client in
            for number in 0..<300 {
                _ = try await client.execute(uri: "/jobs/nothing-\(number)", method: .get)
                _ = try await client.execute(uri: "/unknown/\(number)", method: .get)
                let odd = try #require(HTTPRequest.Method("ODD\(number)"))
                _ = try await client.execute(uri: "/jobs/nothing-\(number)", method: odd)
            }
        }
        let samples = try await samples()
        #expect(samples[#"roost_http_requests_total{method="GET",route="/jobs/{id}",status="4xx"}"#] == 300)
        #expect(samples[#"roost_http_requests_total{method="GET",route="none",status="4xx"}"#] == 300)
        #expect(samples[#"roost_http_requests_total{method="other",route="none",status="4xx"}"#] == 300)
        #expect(samples[#"roost_http_request_duration_seconds_count{route="/jobs/{id}"}"#] == 300)
        #expect(samples[#"roost_http_request_duration_seconds_bucket{route="/jobs/{id}",le="+Inf"}"#] == 300)
        // The scrape itself is under way.
        #expect(samples["roost_http_requests_active"] == 1)
        #expect(samples.count < 200)
    }

    @Test("two hundred queues have series of their own, the others share one")
    func queues() async throws {
        let body = (0..<1000).map { "{\"payload\":{},\"queue\":\"q\($0)\"}" }.joined(separator: "\n")
        #expect(try await rig.post("/jobs/bulk", body).status == 202)
        let samples = try await samples()
        let queued = samples.filter { $0.key.hasPrefix("roost_jobs{") && $0.key.hasSuffix(#"state="queued"}"#) }
        #expect(queued.count == 201)
        #expect(queued[#"roost_jobs{queue="other",state="queued"}"#] == 800)
        #expect(queued.values.reduce(0, +) == 1000)
        #expect(samples.keys.filter { $0.hasPrefix("roost_queue_oldest_age_seconds") }.count == 201)
    }

    @Test("a store that is gone is told, and the node's own figures are still there")
    func outage() async throws {
        var rig = rig
        rig.store = FailingStore(code: .unavailable)
        let samples = try Self.samples(try await rig.get("/metrics").text)
        #expect(samples["roost_store_up"] == 0)
        #expect(try #require(samples["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(samples["process_open_fds"]) > 2)
        #expect(try #require(samples["process_cpu_seconds_total"]) > 0)
        #expect(try #require(samples["process_start_time_seconds"]) > 1_600_000_000)
    }

    @Test("connections and refusals are counted")
    func connections() async throws {
        _ = try await rig.conversation("GET / HTTP/1.1\r\n\r\n")
        let samples = try await samples()
        #expect(samples[#"roost_http_refused_total{reason="host"}"#] == 1)
        #expect(try #require(samples["roost_http_connections_total"]) >= 1)
    }

    @Test("what is in a label cannot break out of it")
    func labels() {
        var text = PrometheusText()
        text.family("f", .gauge, "x") { $0.sample(["l": "a\"} 1\nb\\"], 1.5) }
        #expect(String(buffer: text.buffer) == "# HELP f x\n# TYPE f gauge\nf{l=\"a\\\"} 1\\nb\\\\\"} 1.5\n")
    }

    @Test("a histogram's buckets grow, and the last holds all")
    func histogram() {
        var histogram = DurationHistogram()
        for duration: Duration in [.zero, .milliseconds(1), .milliseconds(3), .seconds(99)] { histogram.add(duration) }
        #expect(histogram.count == 4 && histogram.counts.reduce(0, +) == 3)
        var text = PrometheusText()
        text.family("h", .histogram, "x") { $0.histogram([:], histogram) }
        #expect(String(buffer: text.buffer).contains("h_bucket{le=\"0.001\"} 2\n"))
        #expect(String(buffer: text.buffer).contains("h_bucket{le=\"+Inf\"} 4\nh_sum 99.004\nh_count 4\n"))
    }
}
