public import Logging
import Synchronization

/// Keeps duties running: one that throws or returns is started again with a jittered, growing wait; one that fails
/// faster than that ends the supervisor, so that the process ends with a clear reason instead of limping.
public final class Supervisor: Sendable {
    private struct Post {
        var status: DutyStatus
        var run: Task<Void, any Error>?
        var wasKilled = false
    }

    private enum End {
        case killed
        case failed(String)
    }

    /// What logs call it.
    public let name: String
    private let duties: [Duty]
    private let configuration: SupervisorConfiguration
    private let logger: Logger
    private let posts: Mutex<[Post]>

    /// A supervisor that does nothing until `run()`.
    public init(
        name: String, duties: [Duty], configuration: SupervisorConfiguration = SupervisorConfiguration(), logger: Logger
    ) {
        self.name = name
        self.duties = duties
        self.configuration = configuration
        self.logger = logger
        let now = ContinuousClock.now
        posts = Mutex(
            duties.map { Post(status: DutyStatus(name: $0.name, state: .stopped, restarts: 0, since: now)) })
    }

    /// How each duty is doing now; from any thread.
    public var statuses: [DutyStatus] { posts.withLock { $0.map(\.status) } }

    /// Cancels the current run of a duty; it is started again at once, and the restart does not count as a failure.
    /// - Returns: whether there was a run to cancel.
    @discardableResult
    public func kill(dutyNamed name: String) -> Bool {
        let run = posts.withLock { posts -> Task<Void, any Error>? in
            guard let index = posts.firstIndex(where: { $0.status.name == name }), let run = posts[index].run else {
                return nil
            }
            posts[index].wasKilled = true
            return run
        }
        run?.cancel()
        return run != nil
    }

    /// Runs all duties. Cancelling cancels them and returns once each has ended.
    /// - Throws: `SupervisionError.tooManyRestarts`, after the other duties were cancelled and have ended.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for index in duties.indices {
                group.addTask { try await self.keep(index) }
            }
        }
    }

    private func keep(_ index: Int) async throws {
        let duty = duties[index]
        defer { note(index) { $0.status.state = .stopped } }
        var machine = RestartMachine(configuration, now: .now)
        while !Task.isCancelled {
            machine.started(at: .now)
            let end = await runOnce(index, duty)
            if Task.isCancelled { return }
            switch end {
            case .killed:
                logger.notice("duty was killed, restarting", metadata: ["duty": "\(duty.name)"])
                note(index) { $0.status.restarts += 1 }
            case .failed(let error):
                try await backOff(index, error, machine.failed(at: .now, chance: .random(in: 0...1)))
            }
        }
    }

    /// One run of a duty, to its end.
    private func runOnce(_ index: Int, _ duty: Duty) async -> End {
        // A task of its own, so that it can be cancelled alone; awaited right below.
        let run = Task(executorPreference: duty.executor) { try await duty.run() }
        note(index) { post in
            post.run = run
            post.wasKilled = false
            post.status.state = .running
        }
        let result = await withTaskCancellationHandler {
            await run.result
        } onCancel: {
            run.cancel()
        }
        let wasKilled = posts.withLock { posts in
            posts[index].run = nil
            return posts[index].wasKilled
        }
        if wasKilled { return .killed }
        switch result {
        case .success: return .failed("returned")
        case .failure(let error): return .failed(String(String(describing: error).prefix(500)))
        }
    }

    private func backOff(_ index: Int, _ error: String, _ directive: RestartMachine.Directive) async throws {
        let duty = duties[index].name
        switch directive {
        case .giveUp:
            note(index) { $0.status.lastError = error }
            logger.critical("duty failed too often", metadata: ["duty": "\(duty)", "error": "\(error)"])
            throw SupervisionError.tooManyRestarts(duty: duty)
        case .restart(let delay):
            logger.warning(
                "duty ended, restarting",
                metadata: ["duty": "\(duty)", "error": "\(error)", "after": "\(delay)"])
            note(index) { post in
                post.status.state = .backingOff
                post.status.lastError = error
            }
            // Cancelled or not, the caller looks at its task next.
            try? await Task.sleep(for: delay)
            if !Task.isCancelled { note(index) { $0.status.restarts += 1 } }
        }
    }

    private func note(_ index: Int, _ change: (inout Post) -> Void) {
        posts.withLock { posts in
            let before = posts[index].status.state
            change(&posts[index])
            if posts[index].status.state != before { posts[index].status.since = .now }
        }
    }
}
