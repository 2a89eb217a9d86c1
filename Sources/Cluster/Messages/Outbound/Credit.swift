/// How much may be sent to one service before its receiver has handled what was sent earlier.
///
/// Both sides count a message by its payload. A message may start while both numbers are positive, whatever its size:
/// one large body overdraws, and the next waits.
struct Credit: Sendable, Equatable {
    var messages: Int
    var bytes: Int

    /// What a sender may have under way to one service. Part of the protocol: both sides know it.
    static let window = Credit(messages: 512, bytes: 256 * 1024)
    static let none = Credit(messages: 0, bytes: 0)

    var isOpen: Bool { messages > 0 && bytes > 0 }

    mutating func spend(_ bytes: Int) {
        messages -= 1
        self.bytes -= bytes
    }

    /// Gives back, never more than the window holds.
    mutating func restore(_ grant: Credit) {
        messages = min(Self.window.messages, messages + min(max(0, grant.messages), Self.window.messages))
        bytes = min(Self.window.bytes, bytes + min(max(0, grant.bytes), Frame.hardLimit))
    }
}
