import Synchronization

/// A task others may spawn here, by name.
struct Spawnable: Sendable {
    var roles: Set<MemberRole>?
    var body: MeshServices.TaskBody

    func admits(_ sender: [MemberRole]) -> Bool {
        roles.map { !$0.isDisjoint(with: sender) } ?? true
    }
}

extension MeshServices {
    /// What a spawned task does: it gets its arguments and gives its result. Throw `MeshServiceFailure` to tell the
    /// spawner why it failed; of another error it learns only the type.
    public typealias TaskBody = @Sendable ([UInt8], MeshTaskContext) async throws -> [UInt8]

    /// Lets members spawn a task by name. It is cancelled when its spawner cancels it or is gone; a task that takes no
    /// notice runs on.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 bytes of printable ASCII without spaces; tasks and services have names of their own.
    ///   - roles: Who may spawn it; nil: every member.
    ///
    /// Throws `MeshError.invalid` when the name is taken or unusable.
    public func registerTask(
        _ name: String, roles: [MemberRole]? = nil, body: @escaping TaskBody
    ) throws(MeshError) {
        guard MessageBody.isService(name) else { throw .invalid("task name") }
        let isNew = state.withLock { state in
            guard state.spawnables[name] == nil else { return false }
            state.spawnables[name] = Spawnable(roles: roles.map { Set($0) }, body: body)
            return true
        }
        guard isNew else { throw .invalid("task \(name) is registered already") }
    }

    /// The same with values as JSON. Arguments of another type end the task with an error.
    public func registerTask<Arguments: Decodable & Sendable, Output: Encodable & Sendable>(
        _ name: String, roles: [MemberRole]? = nil,
        body: @escaping @Sendable (Arguments, MeshTaskContext) async throws -> Output
    ) throws(MeshError) {
        try registerTask(name, roles: roles) { (bytes: [UInt8], context: MeshTaskContext) -> [UInt8] in
            let arguments = try JSONBody.decode(Arguments.self, bytes)
            return try JSONBody.encode(try await body(arguments, context))
        }
    }

    /// The names of all tasks that can be spawned, sorted.
    public var taskNames: [String] {
        state.withLock { $0.spawnables.keys.sorted() }
    }
}
