/// How an attempt ended, for a store to record.
public struct AttemptEnd: Sendable, Equatable {
    /// The right to say so.
    public let ticket: Claim.Ticket
    /// What came of it.
    public let outcome: Outcome
    /// How large the job's payload is, or 0 if that is not known: a hint where its state is kept.
    public let payloadBytes: Int

    /// An end.
    public init(_ ticket: Claim.Ticket, _ outcome: Outcome, payloadBytes: Int = 0) {
        self.ticket = ticket
        self.outcome = outcome
        self.payloadBytes = payloadBytes
    }
}
