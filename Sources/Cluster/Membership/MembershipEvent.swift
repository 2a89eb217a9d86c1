/// A change in who is there.
public enum MembershipEvent: Sendable, Hashable {
    /// Seen for the first time, or a new incarnation of a known name.
    case joined(Member)
    /// Its beats stopped while the registry answered, or a newer incarnation took its name.
    case lost(Member)
    /// It said goodbye.
    case left(Member)
    /// It was lost and beats again, the same incarnation.
    case returned(Member)
    /// The registry stopped answering or lost its memory; the members known stay.
    case registryDegraded
    /// The registry answers and agrees again.
    case registryRecovered
    /// A newer incarnation holds this member's own name, so this one is not registered.
    case superseded
}
