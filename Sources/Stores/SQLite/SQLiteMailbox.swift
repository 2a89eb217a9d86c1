import Glibc
import Synchronization

/// What tasks put in and one thread takes out, all that is there at once.
///
/// `@unchecked Sendable` for the semaphore's pointer, which POSIX lets any thread use; the rest is behind the mutex.
final class SQLiteMailbox<Item: Sendable>: @unchecked Sendable {
    enum Refusal: Error { case full, closed }

    private struct State {
        var items: [Item] = []
        var isClosed = false
        var isWaiting = false
    }

    private let state = Mutex(State())
    private let wake: UnsafeMutablePointer<sem_t>
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        wake = .allocate(capacity: 1)
        wake.initialize(to: sem_t())
        sem_init(wake, 0, 0)
    }

    deinit {
        sem_destroy(wake)
        wake.deallocate()
    }

    /// Items nobody has taken yet.
    var count: Int { state.withLock { $0.items.count } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Hands an item to the thread.
    func put(_ item: Item) throws(Refusal) {
        let refusal: Refusal? = state.withLock { state in
            if state.isClosed { return .closed }
            if state.items.count >= capacity { return .full }
            state.items.append(item)
            wakeTaker(&state)
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Refuses further items; those that are in are still taken.
    func close() {
        state.withLock { state in
            state.isClosed = true
            wakeTaker(&state)
        }
    }

    /// Takes the first items as long as `fits` says so, at least one; waits for the first. Nil when closed and empty.
    func take(while fits: (Item) -> Bool) -> [Item]? {
        while true {
            let taken: [Item]? = state.withLock { state in
                guard !state.items.isEmpty else {
                    if state.isClosed { return nil }
                    state.isWaiting = true
                    return []
                }
                return Self.take(max(1, state.items.firstIndex { !fits($0) } ?? state.items.count), of: &state)
            }
            guard let taken, taken.isEmpty else { return taken }
            while sem_wait(wake) != 0, errno == EINTR {}
        }
    }

    /// Takes the first items as long as `fits` says so, without waiting; maybe none.
    func takeMore(while fits: (Item) -> Bool) -> [Item] {
        state.withLock { state in
            Self.take(state.items.firstIndex { !fits($0) } ?? state.items.count, of: &state)
        }
    }

    private static func take(_ count: Int, of state: inout State) -> [Item] {
        guard count > 0 else { return [] }
        guard count < state.items.count else {
            // What is handed out is the buffer itself, so the next items need one of their own.
            let all = state.items
            state.items = []
            state.items.reserveCapacity(min(all.count, 1024))
            return all
        }
        defer { state.items.removeFirst(count) }
        return Array(state.items[..<count])
    }

    private func wakeTaker(_ state: inout State) {
        guard state.isWaiting else { return }
        state.isWaiting = false
        sem_post(wake)
    }
}
