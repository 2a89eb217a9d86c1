import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostWebhooks

@Suite struct PostTests {
    private func post(
        _ change: (inout WebhookRules) -> Void = { _ in }, lookup: HostLookup = HostLookup(),
        trust: TLSConfiguration = .makeClientConfiguration()
    ) -> WebhookPost {
        var rules = WebhookRules()
        rules.allowsPrivate = true
        change(&rules)
        return WebhookPost(rules: rules, group: MultiThreadedEventLoopGroup.singleton, lookup: lookup, trust: trust)
    }

    private func send(_ post: WebhookPost, _ url: String) async throws -> Result<PostAnswer, PostFault> {
        await post.send(
            to: try WebhookURL(url), headers: ["Content-Type": "application/json"], body: Array("{}".utf8))
    }

    private func fault(_ result: Result<PostAnswer, PostFault>) -> PostFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }

    private static let here: @Sendable (String) throws(PostFault) -> [ReceiverAddress] = { _ throws(PostFault) in
        ReceiverAddress(v4: "127.0.0.1").map { [$0] } ?? []
    }

    @Test("path, query, host, length and body arrive as they are")
    func request() async throws {
        let receiver = Receiver { _, _ in Receiver.Answer(status: 202, headers: ["Retry-After": "9"]) }
        try await receiver.run { port in
            let post = post(lookup: HostLookup(resolve: Self.here))
            let result = try await send(post, "http://Hooks.Example.org:\(port)/in?a=1")
            #expect(result == .success(PostAnswer(status: 202, retryAfter: "9")))
            let got = try #require(receiver.requests.first)
            #expect(got.path == "/in?a=1" && got.body == Array("{}".utf8))
            #expect(got.headers["host"] == ["hooks.example.org:\(port)"])
            #expect(got.headers["content-length"] == ["2"])
        }
    }

    @Test("a name that stands for this machine is refused before anything is connected to")
    func private_() async throws {
        let receiver = Receiver()
        try await receiver.run { port in
            for name in ["hooks.example.org", "localhost.example.org"] {
                let post = post({ $0.allowsPrivate = false }, lookup: HostLookup(resolve: Self.here))
                let result = try await send(post, "https://\(name):\(port)/")
                guard case .refused? = fault(result) else {
                    Issue.record("\(result)")
                    continue
                }
            }
            // The system's own resolver takes forms that no URL of ours may have.
            #expect(try HostLookup.system("localhost").allSatisfy { $0.reach == .nearby })
            #expect(receiver.connections == 0)
        }
    }

    @Test("a name is looked up once a delivery, and what was checked is what is connected to")
    func rebinding() async throws {
        let receiver = Receiver()
        let asked = Mutex(0)
        let lookup = HostLookup { _ throws(PostFault) in
            let count = asked.withLock { count in
                count += 1
                return count
            }
            // A second question would lead elsewhere.
            return (count == 1 ? ReceiverAddress(v4: "127.0.0.1") : ReceiverAddress(v4: "169.254.169.254")).map { [$0] }
                ?? []
        }
        try await receiver.run { port in
            let result = try await send(post(lookup: lookup), "http://rebind.example.org:\(port)/")
            #expect(result == .success(PostAnswer(status: 200, retryAfter: nil)))
            #expect(asked.withLock { $0 } == 1 && receiver.requests.count == 1)
            let second = try await send(post(lookup: lookup), "http://rebind.example.org:\(port)/")
            guard case .refused? = fault(second) else {
                Issue.record("\(second)")
                return
            }
            #expect(receiver.connections == 1)
        }
    }

    @Test("a redirect is an answer, not a way on")
    func redirect() async throws {
        let other = Receiver()
        try await other.run { target in
            let receiver = Receiver { _, _ in
                Receiver.Answer(status: 307, headers: ["Location": "http://127.0.0.1:\(target)/"])
            }
            try await receiver.run { port in
                let result = try await send(post(), "http://127.0.0.1:\(port)/")
                #expect(result == .success(PostAnswer(status: 307, retryAfter: nil)))
            }
        }
        #expect(other.connections == 0)
    }

    @Test("who does not answer, or only after the time is over, has not got it")
    func silence() async throws {
        let receiver = Receiver { _, _ in Receiver.Answer(isSilent: true) }
        try await receiver.run { port in
            let post = post { $0.timeout = .milliseconds(200) }
            guard case .failed(let text)? = fault(try await send(post, "http://127.0.0.1:\(port)/")) else {
                Issue.record("it got through")
                return
            }
            #expect(text.contains("did not answer"))
        }
    }

    @Test("who is not there is told as that, and a second address is tried")
    func connecting() async throws {
        let receiver = Receiver()
        try await receiver.run { port in
            let lookup = HostLookup { _ throws(PostFault) in
                ["127.0.0.2", "127.0.0.1"].compactMap { ReceiverAddress(v4: $0) }
            }
            let result = try await send(post(lookup: lookup), "http://two.example.org:\(port)/")
            #expect(result == .success(PostAnswer(status: 200, retryAfter: nil)))
        }
        let closed = try await Receiver().run { $0 }
        guard case .failed? = fault(try await send(post(), "http://127.0.0.1:\(closed)/")) else {
            Issue.record("somebody is there")
            return
        }
    }

    @Test("a name nobody knows fails, and a lookup that hangs is given up")
    func lookups() async throws {
        let none = HostLookup { _ throws(PostFault) in throw .failed("cannot find it") }
        #expect(fault(try await send(post(lookup: none), "http://no.example.org/")) == .failed("cannot find it"))
        let empty = HostLookup { _ throws(PostFault) in [] }
        guard case .refused? = fault(try await send(post(lookup: empty), "http://no.example.org/")) else {
            Issue.record("nothing is somewhere")
            return
        }
    }

    @Test("an answer without end is cut off, and its status counts")
    func endless() async throws {
        let receiver = Receiver { _, _ in
            Receiver.Answer(status: 200, body: Array(repeating: 65, count: 20 << 20))
        }
        try await receiver.run { port in
            let result = try await send(post(), "http://127.0.0.1:\(port)/")
            #expect(result == .success(PostAnswer(status: 200, retryAfter: nil)))
        }
    }

    @Test("over TLS the certificate must be the host's, not the address's")
    func tls() async throws {
        let files = try Certificate(name: "hooks.example.org")
        let server = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))))
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .file(files.certificate)
        let receiver = Receiver()
        try await receiver.run(tls: server) { port in
            let lookup = HostLookup(resolve: Self.here)
            let good = try await send(post(lookup: lookup, trust: trust), "https://hooks.example.org:\(port)/")
            #expect(good == .success(PostAnswer(status: 200, retryAfter: nil)))
            let others = [
                try await send(post(lookup: lookup, trust: trust), "https://other.example.org:\(port)/"),
                try await send(post(lookup: lookup), "https://hooks.example.org:\(port)/"),
                try await send(post(trust: trust), "https://127.0.0.1:\(port)/"),
            ]
            for result in others {
                guard case .failed? = fault(result) else {
                    Issue.record("\(result)")
                    continue
                }
            }
        }
        #expect(receiver.requests.count == 1)
    }
}
