internal import NIOCore

/// A connection to one member that a `MeshClient` opened.
public final class MeshPeer: Sendable {
    let connection: MeshConnection
    /// Who answered.
    public let member: MemberID
    /// The roles it named.
    public let roles: [MemberRole]

    init(_ connection: MeshConnection, _ hello: Hello) {
        self.connection = connection
        member = hello.member
        roles = hello.roles
    }

    /// Whether the connection stands.
    public var isConnected: Bool { connection.isOpen }

    /// Asks a service of the member; like `Mesh.call`.
    public func call(
        _ service: String, _ body: [UInt8] = [], timeout: Duration = .seconds(5)
    ) async throws(MeshError) -> [UInt8] {
        try await connection.call(service, body, timeout: min(max(timeout, .milliseconds(1)), .seconds(3600)))
    }

    /// Sends to a service of the member and waits for nothing; like `Mesh.cast`.
    public func cast(_ service: String, _ body: [UInt8] = []) throws(MeshError) {
        try connection.cast(service, body)
    }

    /// The time a PING takes there and back.
    public func ping(timeout: Duration = .seconds(5)) async throws(MeshError) -> Duration {
        try await connection.ping(timeout: min(max(timeout, .milliseconds(1)), .seconds(3600)))
    }

    /// Closes the connection and waits until it is. Calls under way fail with `connectionLost`.
    public func close() async {
        connection.close()
        try? await connection.channel.closeFuture.get()
    }
}
