/// A change in who is there.
public enum MembershipEvent: Sendable, Hashable {
    /// Seen for the first time, or a new incarnation of a known name.
    case joined(Member)
    /// A connection to it stands for the first time.
    case up(Member)
    /// No dial has reached it, and nobody else is known to; it is dialled on.
    case unreachable(Member)
    /// Its connection broke or fell silent.
    case suspect(Member)
    /// It was suspected or unreachable, and is not. `indirectly`: others reach it, this member does not.
    case alive(Member, indirectly: Bool)
    /// This life of it has ended; for good, for this incarnation.
    case down(Member, DownProof)
    /// Another incarnation has its name; comes before the other's `joined`.
    case replaced(Member, by: Member)
    /// Its beats stopped while the registry answered, and no connection to it ever stood.
    case lost(Member)
    /// It said goodbye.
    case left(Member)
    /// It was lost and beats again, the same incarnation.
    case returned(Member)
    /// The others counted this very member as down; it goes on as this incarnation.
    case rejoined(Member)
    /// The registry stopped answering or lost its memory; the members known stay.
    case registryDegraded
    /// The registry answers and agrees again.
    case registryRecovered
    /// A newer incarnation holds this member's own name, so this one is not registered.
    case superseded
}
