/// What a history amounts to.
struct HistoryFigures: Sendable, Codable {
    var submitted = 0
    var accepted = 0
    var refused = 0
    var unknown = 0
    /// Unknown ones that turned out to be there.
    var recovered = 0
    var executions = 0
    var polls = 0
    /// How many ended in each state.
    var ends: [String: Int] = [:]
    var faults: [String: Int] = [:]
    /// Accepted jobs that are gone or never ended.
    var lost = 0
    /// Executions beyond those that a failed attempt called for.
    var duplicates = 0
    /// Those of them that followed a death, a hand-back or a silence of more than most of a lease.
    var explained = 0
    /// Those that nothing explains.
    var falseRescues = 0
    /// Keyed effects of jobs that ran more than once, beyond one a job.
    var duplicateEffects = 0
    /// From a kill to the next start of each job that the victim ran, seconds.
    var rescues: [Double] = []
}
