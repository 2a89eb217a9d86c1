import Glibc

/// What a `ThreadExecutor`'s thread does: run jobs in order and timers when they are due, and sleep between.
///
/// `@unchecked Sendable`: a pthread mutex guards every stored property; Swift's `Mutex` has no condition variable to
/// wait on with a deadline.
final class RunLoop: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [(UnownedJob, UnownedTaskExecutor)] = []
    private var timers = TimerQueue()
    private var isStopped = false

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A deadline must not move when somebody sets the wall clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(wakeUp, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        pthread_mutex_destroy(mutex)
        wakeUp.deallocate()
        mutex.deallocate()
    }

    func enqueue(_ job: UnownedJob, on executor: UnownedTaskExecutor) {
        withLock {
            jobs.append((job, executor))
            pthread_cond_signal(wakeUp)
        }
    }

    func schedule(_ deadline: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> TimerQueue.ID {
        withLock {
            let before = timers.next()
            let id = timers.insert(deadline, action)
            // The thread sleeps until the earliest timer: wake it only for an earlier one.
            if before.map({ deadline < $0 }) ?? true { pthread_cond_signal(wakeUp) }
            return id
        }
    }

    func unschedule(_ id: TimerQueue.ID) { withLock { timers.remove(id) } }

    /// Lets the thread end once it has run what is queued.
    func stop() {
        withLock {
            isStopped = true
            pthread_cond_signal(wakeUp)
        }
    }

    /// The thread's life.
    func run() {
        while let (jobs, due) = next() {
            for action in due { action() }
            for (job, executor) in jobs { job.runSynchronously(on: executor) }
        }
    }

    /// Waits for work; nil when stopped and empty.
    private func next() -> ([(UnownedJob, UnownedTaskExecutor)], [@Sendable () -> Void])? {
        withLock {
            while true {
                let due = timers.popDue(.now)
                if !jobs.isEmpty || !due.isEmpty {
                    defer { jobs = [] }
                    return (jobs, due)
                }
                if isStopped { return nil }
                wait(until: timers.next())
            }
        }
    }

    private func wait(until deadline: ContinuousClock.Instant?) {
        guard let deadline else {
            pthread_cond_wait(wakeUp, mutex)
            return
        }
        let left = min(max(.zero, deadline - .now), .seconds(3600)).components
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = time.tv_nsec + Int(left.attoseconds / 1_000_000_000) + 1
        time.tv_sec += Int(left.seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(wakeUp, mutex, &time)
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
