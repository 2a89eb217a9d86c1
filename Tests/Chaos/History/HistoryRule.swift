/// What a history is held against.
enum HistoryRule: String, Sendable, Codable, CaseIterable {
    /// What was accepted is there until its time to live is over.
    case lost
    /// What was accepted has ended.
    case stuck
    /// A request makes at most one job.
    case doubled
    /// Nothing runs that nobody asked for.
    case unasked
    /// A job ends once, and every attempt too.
    case outcomes
    /// It runs again only when an attempt failed or its worker was gone.
    case repeated
    /// The attempts are counted.
    case attempts
    /// An effect happens once.
    case effects
    /// A result is what the handler made, whole, at every poll until its time to live is over.
    case results
    /// Nothing fails that had no reason to.
    case blameless
    /// Nothing starts before its time.
    case early
    /// Nothing starts after its cancel was acknowledged.
    case cancelled
    /// Nothing starts while its queue is paused.
    case paused
}

/// A rule that was broken.
struct HistoryViolation: Sendable, Equatable, Codable, CustomStringConvertible {
    let rule: HistoryRule
    let text: String

    var description: String { "\(rule.rawValue): \(text)" }
}
