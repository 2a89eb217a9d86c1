/// Where the members of a cluster find each other: a table of who said "I am here" lately.
///
/// It is a place to meet, not a judge of life: it adds candidates, and what it does not answer proves nothing. All
/// times in it are by its own clock, never by a member's.
public protocol Registry: Sendable {
    /// Registers or renews `me` for `ttl` and returns who else is there, in one step.
    ///
    /// It always writes everything, so a registry that lost its memory is whole again after one beat of each member.
    /// Throws when the registry cannot be reached or refuses, within a few seconds. A cancelled beat may or may not
    /// have been written.
    func beat(_ me: Member, report: MemberReport, ttl: Duration) async throws -> RegistryView

    /// Reads who is there and writes nothing. Throws like `beat`.
    func members() async throws -> RegistryView

    /// Takes `me` out, so that the others see that it left rather than died. Later beats of this incarnation are
    /// refused. Throws like `beat`.
    func leave(_ me: Member) async throws

    /// Notes that `victim`'s process is proved to be dead: its beats are refused from now on, for an hour, and the
    /// others are told. Refused, when `me` is fenced itself: of two that take each other for dead the first wins.
    /// Throws like `beat`.
    func fence(_ victim: MemberID, by me: Member) async throws

    /// Calls `onChange` once the watch stands and then whenever somebody joins or leaves, until cancelled or broken
    /// (then it throws, and the caller calls again). A hint only: reading the view is what counts. `onChange` may run
    /// on an event loop and must not block.
    func watch(_ onChange: @escaping @Sendable () -> Void) async throws
}
