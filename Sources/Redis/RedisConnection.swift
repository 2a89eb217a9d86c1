import Logging
import NIOCore
import Synchronization

/// One connection for any number of tasks: performs what the ``RedisConnectionMachine`` directs.
///
/// Senders put their commands into the machine's queue; the first one to do so schedules one drain on the event loop,
/// which writes all that has gathered and flushes once. No timer and no promise is made per command.
final class RedisConnection: RedisChannelDelegate {
    typealias Machine = RedisConnectionMachine<RedisWaiter>

    private struct State {
        var machine: Machine
        var channel: (any Channel)?
        var timer: Scheduled<Void>?
    }

    let leavesWhenSettled = false
    private let state: Mutex<State>
    private let eventLoop: any EventLoop
    private let transport: RedisTransport
    private let logger: Logger

    init(_ configuration: RedisConfiguration, transport: RedisTransport, eventLoop: any EventLoop, logger: Logger) {
        let machine = Machine(configuration, now: .now(), seed: .random(in: .min ... .max))
        state = Mutex(State(machine: machine))
        self.transport = transport
        self.eventLoop = eventLoop
        self.logger = logger
    }

    // MARK: From any thread

    /// Sends commands in one piece and waits for their replies.
    func send(_ parcel: RedisParcel) async -> RedisOutcome {
        if parcel.delivery.outlivesCancel {
            return await withUnsafeContinuation { continuation in enqueue(parcel, waiter(parcel, continuation), nil) }
        }
        let ticket = RedisTicket()
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in enqueue(parcel, waiter(parcel, continuation), ticket) }
        } onCancel: {
            cancel(ticket)
        }
    }

    private func waiter(_ parcel: RedisParcel, _ continuation: UnsafeContinuation<RedisOutcome, Never>) -> RedisWaiter {
        guard let onReply = parcel.delivery.onReply else { return .task(continuation) }
        return .callback { outcome in
            if let value = try? outcome.value { onReply(value) }
            continuation.resume(returning: outcome)
        }
    }

    /// Sends commands in one piece; the callback is called once, maybe before this returns.
    func send(_ parcel: RedisParcel, callback: @escaping @Sendable (RedisOutcome) -> Void) {
        enqueue(parcel, .callback(callback), nil)
    }

    private func enqueue(_ parcel: RedisParcel, _ waiter: RedisWaiter, _ ticket: RedisTicket?) {
        let admission = state.withLock { state -> Machine.Admission in
            // Asked under the lock: a cancellation before now is seen here, a later one finds the ticket's id.
            if ticket != nil && Task.isCancelled {
                return .refused(RedisError(.cancelled(maybeApplied: false), "cancelled before it was sent"))
            }
            let admission = state.machine.enqueue(
                parcel.bytes, replies: parcel.replies, isPipeline: parcel.isPipeline, deadline: parcel.deadline,
                waiter: waiter)
            if case .accepted(let id, _) = admission { ticket?.id = id }
            return admission
        }
        switch admission {
        case .accepted(_, let drains):
            // Before the event loop hears of it: what is sent from there leaves in the same flush.
            parcel.delivery.onQueued?()
            if drains { scheduleDrain() }
        case .refused(let error): waiter.resume(.failure(error))
        }
    }

    private func cancel(_ ticket: RedisTicket) {
        perform { machine in ticket.id == 0 ? Machine.Directives() : machine.cancel(id: ticket.id) }
    }

    /// Connects without waiting for a command to ask for it.
    func start() {
        eventLoop.execute { self.perform { $0.start(now: .now()) } }
    }

    /// Ends everything; the future succeeds when the channel is closed.
    func shutDown() -> EventLoopFuture<Void> {
        let channel = state.withLock { $0.channel }
        perform { $0.shutDown(now: .now()) }
        return channel?.closeFuture ?? eventLoop.makeSucceededVoidFuture()
    }

    var isConnected: Bool { state.withLock { $0.machine.phase == .ready } }

    var status: RedisStatus {
        let now = NIODeadline.now()
        let instant = ContinuousClock.now
        return state.withLock { state in
            let isConnected = state.machine.phase == .ready
            return RedisStatus(
                isConnected: isConnected, server: isConnected ? state.channel?.serverName : nil,
                lastError: state.machine.lastError,
                since: instant - .nanoseconds((now - state.machine.since).nanoseconds),
                pendingCommands: state.machine.pendingCommands, connects: state.machine.connects)
        }
    }

    // MARK: On the event loop

    func opened(_ channel: any Channel, generation: Int) {
        let isWanted = performIfAny { state in
            guard let directives = state.machine.opened(generation: generation, now: .now()) else { return nil }
            state.channel = channel
            return directives
        }
        if !isWanted { channel.close(promise: nil) }
    }

    func received(_ replies: [RedisValue], generation: Int) {
        perform { $0.received(replies, generation: generation, now: .now()) }
    }

    func writabilityChanged(_ writable: Bool, generation: Int) {
        perform { $0.writabilityChanged(writable, generation: generation) }
    }

    func closed(_ error: RedisError?, generation: Int) {
        perform { $0.closed(error, generation: generation, now: .now()) }
    }

    private func scheduleDrain() {
        eventLoop.execute { self.perform { $0.drain(now: .now()) } }
    }

    // MARK: Directives

    private func perform(_ input: (inout Machine) -> Machine.Directives) {
        _ = performIfAny { state in input(&state.machine) }
    }

    private func performIfAny(_ input: (inout State) -> Machine.Directives?) -> Bool {
        let (directives, channel) = state.withLock { state in
            let directives = input(&state)
            defer { if directives?.closes == true { state.channel = nil } }
            return (directives, state.channel)
        }
        guard let directives else { return false }
        resume(directives.completions)
        if !directives.output.isEmpty, let channel { write(directives.output, to: channel) }
        if let owner = directives.redirect { transport.resolver?.redirected(to: owner) }
        if directives.closes { close(channel) }
        if let generation = directives.connect {
            transport.connect(on: eventLoop, delegate: self, generation: generation)
        }
        if let wakeAt = directives.wakeAt { wake(at: wakeAt) }
        if directives.drains { scheduleDrain() }
        if let notice = directives.notice { log(notice) }
        return true
    }

    /// First those nobody's task stands for: what follows from them is mostly more urgent, a job's start.
    private func resume(_ completions: [RedisCompletion<RedisWaiter>]) {
        guard completions.count > 1 else {
            for completion in completions { completion.waiter.resume(completion.outcome) }
            return
        }
        for completion in completions where completion.waiter.isCallback {
            completion.waiter.resume(completion.outcome)
        }
        for completion in completions where !completion.waiter.isCallback {
            completion.waiter.resume(completion.outcome)
        }
    }

    private func write(_ commands: [[UInt8]], to channel: any Channel) {
        var buffer = channel.allocator.buffer(capacity: commands.reduce(0) { $0 + $1.count })
        for command in commands { buffer.writeBytes(command) }
        channel.writeAndFlush(buffer, promise: nil)
    }

    private func close(_ channel: (any Channel)?) {
        channel?.close(promise: nil)
        // A connection that will never tick again must not be kept alive by its timer.
        let timer = state.withLock { $0.machine.phase == .shutDown ? $0.timer : nil }
        timer?.cancel()
    }

    private func wake(at time: NIODeadline) {
        let timer = eventLoop.scheduleTask(deadline: time) { self.perform { $0.tick(now: .now()) } }
        let outdated = state.withLock { state in
            if state.machine.phase == .shutDown { return timer as Scheduled<Void>? }
            defer { state.timer = timer }
            return state.timer
        }
        outdated?.cancel()
    }

    private func log(_ notice: Machine.Directives.Notice) {
        switch notice {
        case .connected: logger.info("redis connected")
        case .lost(let error): logger.warning("redis connection lost", metadata: ["reason": "\(error.message)"])
        case .connectFailed(let error): logger.debug("redis connect failed", metadata: ["reason": "\(error.message)"])
        }
    }
}

extension Channel {
    /// The other side's address, for people.
    fileprivate var serverName: String? {
        guard let remoteAddress else { return nil }
        guard let host = remoteAddress.ipAddress, let port = remoteAddress.port else { return remoteAddress.pathname }
        return RedisEndpoint(host: host, port: port).description
    }
}
