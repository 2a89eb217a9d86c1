import Synchronization

/// What this member watches, at itself and at others: each entry hears of one end, once.
final class MonitorTable: Sendable {
    struct Entry: Sendable {
        var target: MemberID
        /// The task there; nil: the member itself, or a task that is being spawned.
        var task: UInt64?
        /// This member spawned it, so its result and progress come here.
        var isSpawner = false
        var onDown: @Sendable (DownReason, [UInt8]) -> Void
        var onProgress: (@Sendable ([UInt8]) -> Void)?
        /// The mesh ends, and nothing will be heard.
        var onClose: @Sendable () -> Void
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var last: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) {
        self.maximum = max(1, maximum)
    }

    /// Adds an entry and returns its reference, which is never zero. Throws `overloaded` when there are too many.
    func add(_ entry: Entry) throws(MeshError) -> UInt64 {
        let reference: UInt64? = state.withLock { state in
            guard !state.isClosed, state.entries.count < maximum else { return nil }
            state.last += 1
            state.entries[state.last] = entry
            return state.last
        }
        guard let reference else { throw .overloaded }
        return reference
    }

    /// The task being spawned has its number.
    func name(_ reference: UInt64, task: UInt64) {
        state.withLock { $0.entries[reference]?.task = task }
    }

    /// Watches no longer; the entry, if it was still there.
    @discardableResult
    func remove(_ reference: UInt64) -> Entry? {
        state.withLock { $0.entries.removeValue(forKey: reference) }
    }

    /// The one end. What `sender` says of another's entries counts for nothing.
    func down(_ reference: UInt64, from sender: MemberID, _ reason: DownReason, _ result: [UInt8]) {
        let entry = state.withLock { state in
            state.entries[reference]?.target == sender ? state.entries.removeValue(forKey: reference) : nil
        }
        entry?.onDown(reason, result)
    }

    func progress(_ reference: UInt64, from sender: MemberID, _ body: [UInt8]) {
        let entry = state.withLock { $0.entries[reference] }
        if entry?.target == sender { entry?.onProgress?(body) }
    }

    /// A member is gone, and all that was watched there.
    func memberEnded(_ member: MemberID, _ reason: DownReason) {
        let ended = state.withLock { state in
            let ended = state.entries.filter { $0.value.target == member }
            for reference in ended.keys { state.entries[reference] = nil }
            return ended.sorted { $0.key < $1.key }.map(\.value)
        }
        for entry in ended { entry.onDown(reason, []) }
    }

    /// The tasks watched at a member, which is asked again after each connection.
    func tasks(at member: MemberID) -> [(reference: UInt64, task: UInt64, isSpawner: Bool)] {
        state.withLock { state in
            state.entries.compactMap { reference, entry in
                entry.target == member ? entry.task.map { (reference, $0, entry.isSpawner) } : nil
            }
        }
    }

    /// Forgets all; nothing is added any more.
    func close() {
        let entries = state.withLock { state in
            state.isClosed = true
            defer { state.entries = [:] }
            return state.entries.values
        }
        for entry in entries { entry.onClose() }
    }
}
