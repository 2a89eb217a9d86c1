import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the console", .timeLimit(.minutes(2)))
struct ConsoleTests {
    private let feed = SnapshotFeed()
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func application(
        _ configuration: ConsoleConfiguration = .init(), changes: AsyncStream<Void>? = nil, refusing: Bool = false
    ) -> some ApplicationProtocol {
        application(routes(configuration, changes: changes), refusing: refusing)
    }

    private func routes(
        _ configuration: ConsoleConfiguration = .init(), changes: AsyncStream<Void>? = nil
    ) -> ConsoleRoutes {
        var sources = ConsoleSources(snapshots: feed)
        if let changes { sources.changes = { _ in changes } }
        return ConsoleRoutes(sources, configuration: configuration)
    }

    private func application(_ routes: ConsoleRoutes, refusing: Bool = false) -> some ApplicationProtocol {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        routes.add(to: router) { _, _ in refusing ? Response(status: .unauthorized) : nil }
        return Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)), logger: quiet)
    }

    private func publish(_ sequence: Int, away: Bool = false) {
        var snapshot = snapshot(away: away)
        snapshot.sequence = sequence
        feed.publish(snapshot)
    }

    @Test(
        "the page and its files are served with headers that keep everything foreign out",
        arguments: ["/"] + ConsoleAsset.all.keys.sorted().map { "/assets/\($0)" })
    func assets(path: String) async throws {
        try await application().test(.live) { client in
            let tag = try await client.execute(uri: path, method: .get) { response in
                #expect(response.status == .ok)
                #expect(response.body.readableBytes > 100)
                let policy = try #require(response.headers[.contentSecurityPolicy])
                #expect(
                    policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"))
                #expect(!policy.contains("unsafe") && !policy.contains("data:") && !policy.contains("*"))
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

    @Test("every file is served as what it is, and nothing else is", arguments: ["nothing.js", "..", "console.html"])
    func unknown(file: String) async throws {
        let types = ["js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"]
        for (name, asset) in ConsoleAsset.all {
            #expect(asset.type == types[String(name.split(separator: ".").last ?? "")], "\(name)")
        }
        try await application().test(.live) { client in
            try await client.execute(uri: "/assets/\(file)", method: .get) { #expect($0.status == .notFound) }
        }
    }

    @Test("who may not look gets the page and its files, and nothing of the cluster")
    func refused() async throws {
        publish(1)
        try await application(refusing: true).test(.live) { client in
            for path in ["/", "/assets/app.js", "/livez"] {
                try await client.execute(uri: path, method: .get) { #expect($0.status == .ok, "\(path)") }
            }
            for path in ["/snapshot", "/events", "/events?job=01ARZ3NDEKTSV4RRFFQ69G5FAV"] {
                try await client.execute(uri: path, method: .get) { response in
                    #expect(response.status == .unauthorized && response.body.readableBytes == 0, "\(path)")
                    #expect(response.headers[.contentSecurityPolicy] != nil)
                }
            }
        }
    }

    @Test("the page of a job is told when something happened to it, at most once in an interval")
    func hints() async throws {
        publish(1)
        let (changes, change) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var configuration = ConsoleConfiguration()
        configuration.hintInterval = .milliseconds(10)
        try await application(configuration, changes: changes).test(.live) { client in
            let port = try #require(client.port)
            let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
            let stream = try #require(EventStreamClient(port: port, path: "/events?job=\(id)"))
            var text = ""
            #expect(await stream.read(until: "id: 1\n", into: &text))
            #expect(!text.contains("event: job"))
            change.yield()
            #expect(await stream.read(until: "event: job\ndata: \(id)\n\n", into: &text))
            publish(2)
            #expect(await stream.read(until: "id: 2\n", into: &text))
            #expect(text.split(separator: "event: job").count == 2, "one change, one hint")
            stream.hangUp()
        }
    }

    @Test("what is no job's id has a stream without hints")
    func noJob() async throws {
        publish(1)
        let (changes, change) = AsyncStream.makeStream(of: Void.self)
        try await application(changes: changes).test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events?job=%0Adata:x"))
            var text = ""
            #expect(await stream.read(until: "id: 1\n", into: &text))
            change.yield()
            publish(2)
            #expect(await stream.read(until: "id: 2\n", into: &text))
            #expect(!text.contains("event: job"))
            stream.hangUp()
        }
    }

    @Test("the newest snapshot is JSON; before the first one there is none")
    func api() async throws {
        try await application().test(.live) { client in
            try await client.execute(uri: "/snapshot", method: .get) { #expect($0.status == .serviceUnavailable) }
            publish(3)
            try await client.execute(uri: "/snapshot", method: .get) { response in
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
            for path in ["/events", "/snapshot"] {
                try await client.execute(uri: path, method: .get, headers: [name: site]) {
                    #expect($0.status == .forbidden)
                }
            }
            try await client.execute(uri: "/snapshot", method: .get, headers: [name: "same-origin"]) {
                #expect($0.status == .ok)
            }
        }
    }

    @Test("a shutdown ends the open streams and takes no new ones")
    func shutdown() async throws {
        publish(1)
        let routes = routes()
        try await application(routes).test(.live) { client in
            let port = try #require(client.port)
            let stream = try #require(EventStreamClient(port: port, path: "/events"))
            var text = ""
            #expect(await stream.read(until: "id: 1\n", into: &text))
            routes.endStreams()
            #expect(await stream.read(until: "\r\n0\r\n\r\n", into: &text))
            try await client.execute(uri: "/events", method: .get) { #expect($0.status == .serviceUnavailable) }
        }
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
