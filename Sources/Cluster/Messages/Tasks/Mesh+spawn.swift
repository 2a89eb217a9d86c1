internal import NIOCore
import Synchronization

extension Mesh {
    /// Starts a task at a member, by the name it is registered under there.
    ///
    /// - Parameters:
    ///   - incarnation: Which life of the member is meant; nil: whichever is connected.
    ///   - timeout: How long the start may take; nil: the configuration's default. The task itself has no limit.
    ///
    /// Throws `MeshError`: `noService`, `forbidden`, `overloaded` when too many run there, `unsupported` by an older
    /// peer. When it is `timeout`, `cancelled` or `connectionLost` the task may have started; nobody hears of its end,
    /// and it is cancelled at the latest when this member is gone.
    public func spawn(
        _ member: MemberName, _ name: String, _ arguments: [UInt8] = [], incarnation: UInt64? = nil,
        timeout: Duration? = nil
    ) async throws(MeshError) -> MeshTask {
        guard MessageBody.isService(name) else { throw .invalid("task name") }
        let connection = member == me.name ? nil : try connection(to: member, incarnation)
        if connection == nil { try checkSelf(incarnation) }
        guard connection?.features.contains(.tasks) ?? true else { throw .unsupported }
        guard let target = connection.map({ $0.peer?.member }) ?? me.id else { throw .notConnected }

        let outcome = Settled<Result<[UInt8], MeshError>>()
        let (progress, continuation) = AsyncStream.makeStream(of: [UInt8].self, bufferingPolicy: .bufferingNewest(256))
        let reference = try monitors.add(.spawned(at: target, outcome, continuation))
        do throws(MeshError) {
            let number = try await start(name, arguments, reference, connection, limit(timeout))
            monitors.name(reference, task: number)
            let id = MeshTaskID(member: target, number: number)
            return MeshTask(id: id, progress: progress, outcome: outcome) { [weak self] in
                self?.tell(Frame(.exit, flags: .optional, correlation: number), to: target)
            } onMonitor: { [weak self] () throws(MeshError) in
                guard let self else { throw .notConnected }
                return try self.monitor(id)
            }
        } catch {
            monitors.remove(reference)
            throw error
        }
    }

    /// The same with a value as JSON.
    public func spawn(
        _ member: MemberName, _ name: String, encoding arguments: some Encodable, incarnation: UInt64? = nil,
        timeout: Duration? = nil
    ) async throws(MeshError) -> MeshTask {
        try await spawn(member, name, try JSONBody.encode(arguments), incarnation: incarnation, timeout: timeout)
    }

    private func start(
        _ name: String, _ arguments: [UInt8], _ reference: UInt64, _ connection: MeshConnection?, _ timeout: Duration
    ) async throws(MeshError) -> UInt64 {
        var body = withUnsafeBytes(of: reference.bigEndian) { Array($0) }
        body += arguments
        let message =
            try connection?.message(name, body, patience: UInt32(clamping: timeout.clampedMilliseconds))
            ?? MessageBody(patience: 0, service: name, body: body)
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let answer = await (connection?.calls ?? ownCalls).ask(until: deadline) { number in
            if let connection {
                return connection.enqueue(
                    OutboundEntry(.spawn, correlation: number, payload: .message(message), expires: deadline))
            }
            let frame = Frame(.spawn, correlation: number, payload: message.encode())
            spawned(frame, by: me.id, roles: me.roles) { [ownCalls] reply in
                ownCalls.answer(number, reply.map { .init(bytes: $0) })
            }
            return nil
        }
        var reply = try answer.get()
        guard let number = reply.readInteger(as: UInt64.self) else { throw .undecodable }
        return number
    }

    /// Somebody spawns a task here. The reply goes out before anything the task says.
    func spawned(
        _ frame: Frame, by spawner: MemberID, roles: [MemberRole],
        reply: (Result<[UInt8], MeshError>) -> Void
    ) {
        guard let body = MessageBody(decoding: frame.payload), body.body.count >= 8 else {
            meter.count { $0.malformedMessages += 1 }
            return reply(.failure(.undecodable))
        }
        let reference = body.body.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let arguments = Array(body.body.dropFirst(8))
        let refusal: MeshError
        if let spawnable = services.spawnable(body.service) {
            if !spawnable.admits(roles) {
                refusal = .forbidden
            } else if let number = tasks.admit(.init(member: spawner, reference: reference)) {
                reply(.success(withUnsafeBytes(of: number.bigEndian) { Array($0) }))
                return start(spawnable, arguments, number, spawner, reference)
            } else {
                refusal = .overloaded
            }
        } else {
            refusal = .noService
        }
        meter.count { $0.spawnsRefused += 1 }
        reply(.failure(refusal))
    }

    private func start(
        _ spawnable: Spawnable, _ arguments: [UInt8], _ number: UInt64, _ spawner: MemberID, _ reference: UInt64
    ) {
        let context = MeshTaskContext(id: MeshTaskID(member: me.id, number: number), spawner: spawner) { [weak self] in
            self?.tell(
                Frame(.progress, flags: .optional, correlation: reference, payload: ByteBuffer(bytes: $0)), to: spawner)
        }
        let largest = min(configuration.maximumPayload, Frame.hardLimit) - 3
        tasks.start(
            TaskTable.Job(number: number) {
                let result = try await spawnable.body(arguments, context)
                guard result.count <= largest else { throw MeshServiceFailure(code: 0, message: "result too large") }
                return result
            } ended: { [weak self] notices in
                for notice in notices { self?.tell(notice) }
            })
    }

    func tell(_ notice: TaskLedger.Notice) {
        let (watcher, outcome) = (notice.watcher, notice.outcome)
        tell(.down(watcher.reference, outcome.reason, outcome.result), to: watcher.member)
    }
}

extension MonitorTable.Entry {
    fileprivate static func spawned(
        at target: MemberID, _ outcome: Settled<Result<[UInt8], MeshError>>,
        _ progress: AsyncStream<[UInt8]>.Continuation
    ) -> Self {
        Self(target: target, isSpawner: true) { reason, result in
            progress.finish()
            switch reason {
            case .normal: outcome.settle(.success(result))
            case .error(let code, let message): outcome.settle(.failure(.remote(code: code, message: message)))
            case .noproc: outcome.settle(.failure(.noService))
            case .nodeDown, .left: outcome.settle(.failure(.nodeDown))
            }
        } onProgress: { body in
            progress.yield(body)
        } onClose: {
            progress.finish()
            outcome.settle(.failure(.connectionLost(maybeDelivered: true)))
        }
    }
}

extension MeshServices {
    func spawnable(_ name: String) -> Spawnable? { state.withLock { $0.spawnables[name] } }
}
