extension MeshServices {
    /// Offers a service whose requests and replies are values, as JSON on the wire.
    ///
    /// A request that is not of the type is answered with `MeshError.undecodable` and the handler does not run. The rest
    /// is as with bytes.
    public func register<Request: Decodable & Sendable, Reply: Encodable & Sendable>(
        _ name: String, roles: [MemberRole]? = nil, concurrency: Int = 1,
        handler: @escaping @Sendable (Request, MemberID) async throws -> Reply
    ) throws(MeshError) {
        try register(name, roles: roles, concurrency: concurrency) { message in
            let request = try JSONBody.decode(Request.self, message.body)
            return try JSONBody.encode(try await handler(request, message.sender))
        }
    }
}

extension Mesh {
    /// Asks a member's service with a value and waits for a value; else like `call` with bytes.
    ///
    /// Throws `MeshError.undecodable` when the service does not take the request or the reply is not a `Reply`.
    public func call<Request: Encodable, Reply: Decodable>(
        _ member: MemberName, _ service: String, encoding request: Request, as reply: Reply.Type,
        incarnation: UInt64? = nil, timeout: Duration? = nil
    ) async throws(MeshError) -> Reply {
        let body = try JSONBody.encode(request)
        return try JSONBody.decode(
            reply, try await call(member, service, body, incarnation: incarnation, timeout: timeout))
    }

    /// Sends a value to a member's service; else like `send` with bytes.
    public func send(
        _ member: MemberName, _ service: String, encoding message: some Encodable, incarnation: UInt64? = nil
    ) async throws(MeshError) {
        try await send(member, service, try JSONBody.encode(message), incarnation: incarnation)
    }
}
