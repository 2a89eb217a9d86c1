/// What a caller may do. Each route needs one.
public enum Scope: String, Sendable, CaseIterable, Codable {
    /// Anybody, without credentials: is the process there, what is it called.
    case open
    /// Give work, and follow what one has given.
    case submit
    /// Look at everything.
    case read
    /// Change what happens to jobs and queues.
    case operate
    /// Change who may do what.
    case admin
}
