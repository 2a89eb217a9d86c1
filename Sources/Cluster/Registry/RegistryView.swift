/// One answer of a registry.
public struct RegistryView: Sendable, Equatable {
    /// What the registry made of a beat.
    public enum Standing: String, Sendable {
        /// Registered or renewed; also the answer to a mere read.
        case accepted
        /// A newer incarnation holds the same name and is alive: nothing was written.
        case superseded
        /// This incarnation left: nothing was written.
        case departed
        /// This incarnation was proved to be dead and its work taken: nothing was written. Come back as a new one.
        case fenced
    }

    /// What became of the beat.
    public var standing: Standing
    /// Counts joins, leaves and changed identities; going backwards means the registry lost its memory.
    public var epoch: Int64
    /// Milliseconds since the registry's clock began (1970 for Redis).
    public var clock: Int64
    /// Valid entries, the expired ones of the last ten minutes included.
    public var entries: [RegistryEntry]
    /// Incarnations that left within the last ten minutes, and how long ago.
    public var departures: [MemberID: Duration]
    /// Incarnations fenced within the last hour, and how long ago.
    public var deaths: [MemberID: Duration]
    /// Entries that were skipped because they are malformed, too large or lie about their name.
    public var skipped: Int

    /// Joins the parts.
    public init(
        standing: Standing = .accepted, epoch: Int64, clock: Int64, entries: [RegistryEntry],
        departures: [MemberID: Duration] = [:], deaths: [MemberID: Duration] = [:], skipped: Int = 0
    ) {
        self.standing = standing
        self.epoch = epoch
        self.clock = clock
        self.entries = entries
        self.departures = departures
        self.deaths = deaths
        self.skipped = skipped
    }

    /// The members whose entries have not expired, in name order.
    public var live: [RegistryEntry] {
        entries.filter(\.isLive).sorted { $0.member.id < $1.member.id }
    }
}
