import Logging
import NIOCore
import NIOPosix
import RoostRedis
import RoostTestKit

@testable import RoostCluster

/// What the tests of this room share: members, cookies and a logger that says nothing.
enum Fixture {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let cluster = "test"
    static let secret = "0123456789abcdef0123456789abcdef"
    static let group = MultiThreadedEventLoopGroup.singleton

    static func name(_ text: String) throws -> MemberName {
        try required(MemberName(text))
    }

    static func member(_ text: String, incarnation: UInt64 = 1) throws -> Member {
        Member(name: try name(text), incarnation: incarnation, startedMicroseconds: 1, version: "1.0")
    }

    static func cookie(_ secret: String = secret) throws -> MeshCookie {
        try required(MeshCookie(secret))
    }

    static func configuration(cluster: String = cluster, secrets: [String] = [secret]) throws -> MeshConfiguration {
        MeshConfiguration(cluster: cluster, cookies: try secrets.map { try cookie($0) })
    }

    static func client(_ server: RedisServer) throws -> RedisClient {
        RedisClient(
            configuration: try RedisConfiguration(url: server.url), eventLoopGroup: group, logger: logger)
    }

    /// The value, or an error that fails the test.
    static func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw Missing() }
        return value
    }

    struct Missing: Error {}
}

/// The first element that satisfies the condition.
func first<Element: Sendable>(
    of stream: AsyncStream<Element>, where condition: @Sendable (Element) -> Bool
) async throws -> Element {
    for await element in stream where condition(element) { return element }
    throw Fixture.Missing()
}
