import Synchronization

/// The groups, and what the peers have been told of this member's.
final class GroupTable: Sendable {
    private struct State {
        var ledger: GroupLedger
        var mailboxes: [String: [UInt64: ServiceMailbox]] = [:]
        /// Those that have been told everything so far and hear of each change.
        var listeners: [UInt64: MeshConnection] = [:]
        var last: UInt64 = 0
    }

    private let state: Mutex<State>

    init(maximum: Int) {
        state = Mutex(State(ledger: GroupLedger(maximum: maximum)))
    }

    /// Joins with a mailbox of its own; a number for `leave`. Throws `overloaded` when in too many groups.
    func join(_ mailbox: ServiceMailbox) throws(MeshError) -> UInt64 {
        let group = mailbox.name
        let (number, stuck): (UInt64?, [MeshConnection]) = state.withLock { state in
            guard let isFirst = state.ledger.join(group) else { return (nil, []) }
            state.last += 1
            state.mailboxes[group, default: [:]][state.last] = mailbox
            return (state.last, isFirst ? tell(GroupNews(.joined, [group]), &state) : [])
        }
        stuck.forEach(giveUp)
        guard let number else { throw .overloaded }
        return number
    }

    /// Leaves, once; what waits is still handled.
    func leave(_ group: String, _ number: UInt64) {
        let (mailbox, stuck): (ServiceMailbox?, [MeshConnection]) = state.withLock { state in
            guard let mailbox = state.mailboxes[group]?.removeValue(forKey: number) else { return (nil, []) }
            if state.mailboxes[group]?.isEmpty == true { state.mailboxes[group] = nil }
            return (mailbox, state.ledger.leave(group) ? tell(GroupNews(.left, [group]), &state) : [])
        }
        mailbox?.finish()
        stuck.forEach(giveUp)
    }

    /// Everything is told before any later change: told under the lock, in one lane.
    func connected(_ connection: MeshConnection) {
        let isStuck = state.withLock { state in
            state.listeners = state.listeners.filter { !$0.value.isRetired }
            state.listeners[connection.number] = connection
            return GroupNews.everything(state.ledger.local.keys.sorted()).contains {
                connection.enqueue($0.frame) == .overloaded
            }
        }
        if isStuck { giveUp(connection) }
    }

    /// False when it cannot be read or says too much.
    func receive(_ frame: Frame, from member: MemberID) -> Bool {
        guard let news = GroupNews(decoding: frame.payload) else { return false }
        return state.withLock { $0.ledger.receive(news, from: member) }
    }

    func memberEnded(_ member: MemberID) {
        state.withLock { $0.ledger.memberEnded(member) }
    }

    func others(in group: String) -> [MemberID] {
        state.withLock { $0.ledger.others(in: group) }
    }

    var names: [String] { state.withLock { $0.ledger.groups }.sorted() }

    func hasJoined(_ group: String) -> Bool {
        state.withLock { $0.ledger.local[group] != nil }
    }

    func mailboxes(_ group: String) -> [ServiceMailbox] {
        state.withLock { $0.mailboxes[group] }.map { $0.sorted { $0.key < $1.key }.map(\.value) } ?? []
    }

    /// Tells all; returns those that had no room for it.
    private func tell(_ news: GroupNews, _ state: inout State) -> [MeshConnection] {
        state.listeners = state.listeners.filter { !$0.value.isRetired }
        return state.listeners.values.filter { $0.enqueue(news.frame) == .overloaded }
    }

    /// Not under the lock: the end of a connection is told to its owner at once.
    private func giveUp(_ connection: MeshConnection) {
        connection.meter.count { $0.resynchronized += 1 }
        connection.close()
    }
}
