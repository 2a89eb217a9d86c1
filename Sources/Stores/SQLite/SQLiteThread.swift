import Glibc
import RoostJobs
import Synchronization

/// A thread of its own for work that blocks: SQLite must not occupy one of the few threads that run tasks.
final class SQLiteThread: Sendable {
    private struct State {
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let name: String
    private let body: @Sendable () -> Void

    private init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
    }

    /// Starts a thread that does `body`. The name is cut to the 15 bytes Linux keeps.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(StoreError) -> SQLiteThread {
        let thread = SQLiteThread(name, body)
        let code = thread.create()
        guard code == 0 else {
            throw StoreError(.unavailable, "no thread for SQLite: \(String(cString: strerror(code)))")
        }
        return thread
    }

    /// Returns when the thread's body has returned; not cut short by cancelling.
    func ended() async {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state in
                if !state.hasEnded { state.waiters.append(continuation) }
                return state.hasEnded
            }
            if now { continuation.resume() }
        }
    }

    private func create() -> Int32 {
        var id = pthread_t()
        let argument = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(&id, nil, Self.main, argument)
        if code == 0 {
            pthread_detach(id)
        } else {
            Unmanaged<SQLiteThread>.fromOpaque(argument).release()
        }
        return code
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        guard let argument else { return nil }
        let thread = Unmanaged<SQLiteThread>.fromOpaque(argument).takeRetainedValue()
        thread.nameCurrent()
        thread.body()
        thread.end()
        return nil
    }

    /// By the file, because Swift sees neither `pthread_setname_np` nor `prctl`. Without a name nothing is lost.
    private func nameCurrent() {
        let descriptor = Glibc.open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let bytes = Array(name.utf8.prefix(15))
        _ = Glibc.write(descriptor, bytes, bytes.count)
        Glibc.close(descriptor)
    }

    private func end() {
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
