public import NIOCore

/// Runs tasks on one event loop instead of the cooperative pool.
///
/// The cooperative pool has as many threads as the machine has cores; handlers that compute or block keep them all,
/// and then no task of the pool runs. What must keep time runs here: its loop does nothing that blocks. A task on it
/// must not block either, and ends before the loop is shut down (a loop that is shut down drops it).
///
/// Suspend with event-loop timers, not `Task.sleep`: its wake-up passes through the cooperative pool.
public final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// An executor over `loop`.
    public init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Runs the job on the loop, in the order of arrival.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        loop.execute { job.runSynchronously(on: executor) }
    }
}
