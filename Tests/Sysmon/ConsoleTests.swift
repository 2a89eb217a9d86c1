import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the console", .timeLimit(.minutes(1)))
struct ConsoleTests {
    private let feed = SnapshotFeed()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func application(_ configuration: ConsoleConfiguration = .init()) -> some ApplicationProtocol {
        makeConsoleApplication(host: "127.0.0.1", port: 0, snapshots: feed, configuration: configuration, logger: quiet)
    }

    private func publish(_ sequence: Int, away: Bool = false) {
        var snapshot = snapshot(away: away)
        snapshot.sequence = sequence
        feed.publish(snapshot)
    }

    @Test(
        "the page and its files are served with headers that keep everything foreign out",
        arguments: ["/", "/console.css", "/console.js"])
    func assets(path: String) async throws {
        try await application().test(.live) { client in
            let tag = try await client.execute(uri: path, method: .get) { response in
                #expect(response.status == .ok)
                #expect(response.body.readableBytes > 500)
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(
                    policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"))
                #expect(!policy.contains("unsafe"))
                #expect(response.headers[.xContentTypeOptions] == "nosniff")
                return response.headers[.eTag]
            }
            let known = try #require(tag)
            try await client.execute(uri: path, method: .get, headers: [.ifNoneMatch: known]) { response in
                #expect(response.status == .notModified && response.body.readableBytes == 0)
            }
            try await client.execute(uri: path, method: .head) { response in
                #expect(response.status == .ok && response.body.readableBytes == 0)
            }
        }
    }

    @Test("the page has no inline script or style and loads nothing foreign")
    func page() throws {
        let page = String(decoding: PackageResources.console_html, as: UTF8.self)
        let script = String(decoding: PackageResources.console_js, as: UTF8.self)
        let style = String(decoding: PackageResources.console_css, as: UTF8.self)
        #expect(!page.contains("style=") && !page.contains("<style") && !page.contains("onclick"))
        #expect(page.split(separator: "<script").count == 2 && page.contains("<script src=\"console.js\""))
        for text in [page, script, style] { #expect(!text.contains("https://") && !text.contains("@import")) }
        for danger in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", ".style."] {
            #expect(!script.contains(danger), "\(danger)")
        }
    }

    @Test("the newest snapshot is JSON; before the first one there is none")
    func api() async throws {
        try await application().test(.live) { client in
            try await client.execute(uri: "/api/snapshot", method: .get) { #expect($0.status == .serviceUnavailable) }
            publish(3)
            try await client.execute(uri: "/api/snapshot", method: .get) { response in
                #expect(response.status == .ok && response.headers[.cacheControl] == "no-store")
                #expect(response.headers[.contentType] == "application/json")
                let read = try JSONDecoder().decode(Snapshot.self, from: Data(Array(buffer: response.body)))
                #expect(read == feed.latest)
            }
            try await client.execute(uri: "/livez", method: .get) { #expect($0.status == .ok) }
            try await client.execute(uri: "/nothing", method: .get) { #expect($0.status == .notFound) }
            try await client.execute(uri: "/events", method: .post) { #expect($0.status != .ok) }
        }
    }

    @Test("an event stream gives the newest snapshot at once and the next one when it comes")
    func events() async throws {
        publish(7)
        try await application().test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await stream.read(until: "\"version\":\"1.2.0\"", into: &text))
            #expect(text.contains("retry: 2000\n\n"))
            #expect(text.contains("id: 7\nevent: snapshot\ndata: {"))
            #expect(text.lowercased().contains("content-type: text/event-stream"))
            #expect(text.lowercased().contains("content-security-policy: default-src 'none'"))
            publish(9, away: true)
            #expect(await stream.read(until: "id: 9\nevent: snapshot\ndata: {", into: &text))
            #expect(await stream.read(until: "\"stale_since\":", into: &text))
            stream.hangUp()
        }
    }

    @Test("a quiet stream gets a comment now and then")
    func ping() async throws {
        var configuration = ConsoleConfiguration()
        configuration.ping = .milliseconds(100)
        try await application(configuration).test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await stream.read(until: ": ping\n\n", into: &text))
            stream.hangUp()
        }
    }

    @Test("one stream too many is refused, and a place is free again when a client goes")
    func bounded() async throws {
        publish(1)
        var configuration = ConsoleConfiguration()
        configuration.maximumStreams = 1
        try await application(configuration).test(.live) { client in
            let port = try #require(client.port)
            let first = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await first.read(until: "id: 1\n", into: &text))
            try await client.execute(uri: "/events", method: .get) { response in
                #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] == "10")
            }
            first.hangUp()
            // The place is given back when the server has seen the end: asked for until then, within the time limit.
            while true {
                let next = try #require(EventStreamClient(port: port, path: "/events"))
                var text = ""
                if await next.read(until: "id: 1\n", into: &text) {
                    next.hangUp()
                    return
                }
                next.hangUp()
            }
        }
    }

    @Test("pages of other sites get neither snapshots nor streams", arguments: ["cross-site", "same-site"])
    func elsewhere(site: String) async throws {
        publish(1)
        let name = try #require(HTTPField.Name("Sec-Fetch-Site"))
        try await application().test(.live) { client in
            for path in ["/events", "/api/snapshot"] {
                try await client.execute(uri: path, method: .get, headers: [name: site]) {
                    #expect($0.status == .forbidden)
                }
            }
            try await client.execute(uri: "/api/snapshot", method: .get, headers: [name: "same-origin"]) {
                #expect($0.status == .ok)
            }
        }
    }

    @Test("a shutdown ends the open streams")
    func shutdown() async throws {
        publish(1)
        let stream = try await application().test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await stream.read(until: "id: 1\n", into: &text))
            return stream
        }
        // The live test shuts the server down gracefully, which waits for every request.
        var rest = ""
        #expect(await !stream.read(until: "never", into: &rest))
    }

    @Test("a stream ends with its feed")
    func finished() async throws {
        publish(1)
        try await application().test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await stream.read(until: "id: 1\n", into: &text))
            feed.finish()
            #expect(await stream.read(until: "\r\n0\r\n\r\n", into: &text))
            stream.hangUp()
        }
    }
}
