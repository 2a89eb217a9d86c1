/// What one peer has under way to the services here, and what it is to be told about it. No clock, no I/O.
struct InboundCredit: Sendable {
    private struct Account {
        /// Arrived and not handled.
        var under = Credit.none
        /// Handled and not told.
        var owed = Credit.none
    }

    private var accounts: [String: Account] = [:]

    /// A message came; false when the peer may not have sent it yet.
    mutating func arrived(_ service: String, _ bytes: Int) -> Bool {
        let account = accounts[service] ?? Account()
        guard account.under.messages < Credit.window.messages, account.under.bytes < Credit.window.bytes else {
            return false
        }
        accounts[service, default: account].under.messages += 1
        accounts[service, default: account].under.bytes += bytes
        return true
    }

    /// A message is being handled, or was refused. Returns what to grant when it is worth a frame.
    mutating func handled(_ service: String, _ bytes: Int) -> Credit? {
        guard var account = accounts.removeValue(forKey: service) else { return nil }
        account.under.spend(bytes)
        account.owed.messages += 1
        account.owed.bytes += bytes
        let isDue =
            account.owed.messages >= Credit.window.messages / 2 || account.owed.bytes >= Credit.window.bytes / 2
        defer { if account.under != .none || account.owed != .none { accounts[service] = account } }
        guard isDue else { return nil }
        defer { account.owed = .none }
        return account.owed
    }

    /// There is no such service: nothing is kept for names a peer makes up. Returns what to grant.
    mutating func forget(_ service: String) -> Credit? {
        guard let account = accounts.removeValue(forKey: service) else { return nil }
        return Credit(
            messages: account.under.messages + account.owed.messages, bytes: account.under.bytes + account.owed.bytes)
    }
}
