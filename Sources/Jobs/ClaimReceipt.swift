import Synchronization

/// What a store has handed out to a claim whose caller may not have seen it yet.
///
/// A claim's answer waits for a thread of the caller's. When handlers hold all of those, its jobs would be nobody's
/// until their leases run out; with a receipt, whoever keeps leases can keep theirs from the moment they are out.
public final class ClaimReceipt: Sendable, Equatable {
    private let handedOut = Mutex<(@Sendable () -> [Claim.Ticket])?>(nil)

    /// An empty one, for one claim.
    public init() {}

    /// Notes what was handed out, in place of what was noted before. The store calls this on the thread that has the
    /// answer, so it is given a way to the tickets rather than them: mostly nobody asks.
    public func note(_ tickets: @escaping @Sendable () -> [Claim.Ticket]) { handedOut.withLock { $0 = tickets } }

    /// Notes claims; none leave what was noted before.
    public func note(_ claims: [Claim]) { if !claims.isEmpty { note { claims.map(\.ticket) } } }

    /// What was handed out; none before the answer is here.
    public var tickets: [Claim.Ticket] { handedOut.withLock { $0 }?() ?? [] }

    /// Whether both are one.
    public static func == (one: ClaimReceipt, other: ClaimReceipt) -> Bool { one === other }
}
