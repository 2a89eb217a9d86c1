/// How an attempt ended, for a store to record.
public struct AttemptEnd: Sendable, Equatable {
    /// The right to say so.
    public let ticket: Claim.Ticket
    /// What came of it.
    public let outcome: Outcome

    /// An end.
    public init(_ ticket: Claim.Ticket, _ outcome: Outcome) {
        self.ticket = ticket
        self.outcome = outcome
    }
}
