/// Services and a task for trying messages out; a worker started with `--demo` offers them.
///
/// - `demo.echo` answers with the body it got, whatever it is.
/// - `demo.relay` passes a message from member to member: see `RelayRequest` and `RelayReply`.
/// - `demo.count` is a task: see `CountRequest`, `CountStep` and `CountResult`.
public enum DemoMessages {
    /// What `demo.relay` takes, as JSON: `{"message":"hi","route":["worker@host:port",…]}`.
    public struct RelayRequest: Codable, Sendable, Hashable {
        /// What to pass on.
        public var message: String
        /// The names of the members it is to visit after the one that is asked, in order; at most 16. May be missing.
        public var route: [String]?

        /// Joins the parts.
        public init(message: String, route: [String] = []) {
            self.message = message
            self.route = route
        }
    }

    /// What `demo.relay` answers.
    public struct RelayReply: Codable, Sendable, Hashable {
        /// What was passed on.
        public var message: String
        /// The names of the members it visited, in order.
        public var trail: [String]

        /// Joins the parts.
        public init(message: String, trail: [String]) {
            self.message = message
            self.trail = trail
        }
    }

    /// What `demo.count` takes, as JSON: `{"to":10,"milliseconds":100}`.
    public struct CountRequest: Codable, Sendable, Hashable {
        /// How far to count, 1 to 1,000,000.
        public var to: Int
        /// How long to pause after each step, 0 (as when missing) to 60,000.
        public var milliseconds: Int?

        /// Joins the parts.
        public init(to: Int, milliseconds: Int? = nil) {
            self.to = to
            self.milliseconds = milliseconds
        }
    }

    /// What `demo.count` reports at each step.
    public struct CountStep: Codable, Sendable, Hashable {
        /// The number reached.
        public var number: Int

        /// A step.
        public init(number: Int) {
            self.number = number
        }
    }

    /// What `demo.count` ends with.
    public struct CountResult: Codable, Sendable, Hashable {
        /// The last number.
        public var counted: Int
        /// The member that counted.
        public var member: String

        /// Joins the parts.
        public init(counted: Int, member: String) {
            self.counted = counted
            self.member = member
        }
    }

    /// Offers them on a mesh. Throws `MeshError.invalid` when one of the names is taken.
    public static func register(on mesh: Mesh) throws(MeshError) {
        try mesh.services.register("demo.echo", concurrency: 16) { $0.body }
        // Several at once: a route may come through the same member twice.
        try mesh.services.register("demo.relay", concurrency: 64) {
            [weak mesh] (request: RelayRequest, _: MemberID) in
            guard let mesh else { throw CancellationError() }
            return try await relay(request, on: mesh)
        }
        try mesh.services.registerTask("demo.count") { [weak mesh] (request: CountRequest, context: MeshTaskContext) in
            let pause = Duration.milliseconds(min(max(0, request.milliseconds ?? 0), 60_000))
            let last = min(max(1, request.to), 1_000_000)
            for number in 1...last {
                try Task.checkCancellation()
                context.progress(encoding: CountStep(number: number))
                if pause > .zero { try await Task.sleep(for: pause) }
            }
            return CountResult(counted: last, member: mesh.map { "\($0.me.name)" } ?? "")
        }
    }

    private static func relay(_ request: RelayRequest, on mesh: Mesh) async throws -> RelayReply {
        let here = "\(mesh.me.name)"
        let route = request.route ?? []
        guard route.count <= 16 else { throw MeshServiceFailure(code: 1, message: "a route of more than 16 members") }
        guard let next = route.first else { return RelayReply(message: request.message, trail: [here]) }
        guard let name = MemberName(next) else { throw MeshServiceFailure(code: 2, message: "no name: \(next)") }
        do throws(MeshError) {
            let onward = RelayRequest(message: request.message, route: Array(route.dropFirst()))
            var reply = try await mesh.call(name, "demo.relay", encoding: onward, as: RelayReply.self)
            reply.trail.insert(here, at: 0)
            return reply
        } catch {
            throw MeshServiceFailure(code: 3, message: "\(here) to \(next): \(error)")
        }
    }
}
