/// How a duty is doing, for consoles.
public struct DutyStatus: Sendable, Equatable {
    /// Where a duty is.
    public enum State: String, Sendable {
        /// Its loop runs.
        case running
        /// It failed and starts again soon.
        case backingOff
        /// Not started yet, ended with its supervisor, or given up.
        case stopped
    }

    /// The duty.
    public let name: String
    /// Where it is.
    public internal(set) var state: State
    /// How often it was started again, since the supervisor was made.
    public internal(set) var restarts: Int
    /// Why it last ended; at most 500 characters.
    public internal(set) var lastError: String?
    /// When `state` last changed.
    public internal(set) var since: ContinuousClock.Instant
}
