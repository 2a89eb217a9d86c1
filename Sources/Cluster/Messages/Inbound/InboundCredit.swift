/// What one peer has under way to the services here, and what it is to be told about it. No clock, no I/O.
struct InboundCredit: Sendable {
    private struct Account {
        /// Arrived and not handled.
        var under = Credit.none
        /// Handled and not told.
        var owed = Credit.none

        var isIdle: Bool { under == .none && owed == .none }

        mutating func arrived(_ bytes: Int) -> Bool {
            guard under.messages < Credit.window.messages, under.bytes < Credit.window.bytes else { return false }
            under.messages += 1
            under.bytes += bytes
            return true
        }

        mutating func handled(_ bytes: Int) -> Credit? {
            under.spend(bytes)
            owed.messages += 1
            owed.bytes += bytes
            guard owed.messages >= Credit.window.messages / 2 || owed.bytes >= Credit.window.bytes / 2 else {
                return nil
            }
            defer { owed = .none }
            return owed
        }
    }

    private var accounts: [String: Account] = [:]

    /// A message came; false when the peer may not have sent it yet.
    mutating func arrived(_ service: String, _ bytes: Int) -> Bool {
        accounts[service, default: Account()].arrived(bytes)
    }

    /// A message is being handled, or was refused. Returns what to grant when it is worth a frame.
    mutating func handled(_ service: String, _ bytes: Int) -> Credit? {
        guard let index = accounts.index(forKey: service) else { return nil }
        let grant = accounts.values[index].handled(bytes)
        if accounts.values[index].isIdle { accounts.remove(at: index) }
        return grant
    }

    /// There is no such service: nothing is kept for names a peer makes up. Returns what to grant.
    mutating func forget(_ service: String) -> Credit? {
        guard let account = accounts.removeValue(forKey: service) else { return nil }
        return Credit(
            messages: account.under.messages + account.owed.messages, bytes: account.under.bytes + account.owed.bytes)
    }
}
