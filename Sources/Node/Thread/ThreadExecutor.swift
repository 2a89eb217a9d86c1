import Glibc

/// A task executor with one thread of its own, and timers that need no other thread.
///
/// Handlers run on the global executor, which has one thread a core: a few that block or compute stop everything that
/// runs there, `Task.sleep` included. What must keep time regardless, leases first of all, runs here.
public final class ThreadExecutor: TaskExecutor {
    private let loop = RunLoop()

    /// Starts the thread; it ends when the executor is let go and its queue is empty.
    /// - Throws: `ThreadError` when the system has no thread left.
    public init() throws(ThreadError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(loop)
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<RunLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw ThreadError(code: code)
        }
        pthread_detach(thread)
    }

    deinit { loop.stop() }

    /// Runs the job on the thread, after those before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        loop.enqueue(UnownedJob(job), on: asUnownedTaskExecutor())
    }

    /// Runs `action` on the thread at `deadline`; it must be short and must not block.
    func schedule(_ deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> TimerQueue.ID {
        loop.schedule(deadline, action)
    }

    /// Takes a timer back, unless it fired already.
    func unschedule(_ id: TimerQueue.ID) { loop.unschedule(id) }

    /// Sleeps without the global executor; ends early when the task is cancelled.
    /// - Throws: `CancellationError`.
    func sleep(for duration: Duration) async throws {
        let never = Event(self)
        await never.wait(after: never.generation, upTo: duration)
        try Task.checkCancellation()
    }
}

/// The system did not give a thread.
public struct ThreadError: Error, Sendable, CustomStringConvertible {
    /// What `pthread_create` answered.
    public let code: Int32

    /// The same in a sentence.
    public var description: String { "cannot start a thread: error \(code)" }
}
