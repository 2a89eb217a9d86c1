/// Why a member's life is believed to have ended.
public enum DownProof: String, Sendable, Hashable, Codable {
    /// Its connection was reset and its port then refused, seen by two members (by one where there are only two): the
    /// process is gone.
    case refused
    /// Nothing was heard of it, by nobody who was asked. It may be frozen or cut off, and still be at work.
    case silence
    /// A newer incarnation of its name was met.
    case replaced

    /// Whether what it held may be taken back before its leases end. Of the three only `refused` proves that nothing
    /// of it runs any more: a frozen process wakes up, and one that rejoined as a new incarnation may still run what
    /// it had begun.
    public var isConclusive: Bool { self == .refused }
}
