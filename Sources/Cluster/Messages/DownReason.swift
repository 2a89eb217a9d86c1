/// Why what was monitored is no more.
public enum DownReason: Sendable, Hashable {
    /// A task returned.
    case normal
    /// A task threw: the code and message of its `MeshServiceFailure`, or 0 and the type of another error.
    case error(code: UInt16, message: String)
    /// There is no such task, or its end is too long ago to be known.
    case noproc
    /// The member is gone: it died, was cut off for good, or started anew.
    case nodeDown
    /// The member said goodbye.
    case left
}
