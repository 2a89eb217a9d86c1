/// Has members of the cluster claim no more jobs, or claim again: whoever speaks with the members provides it.
public struct NodeControl: Sendable {
    /// What came of it.
    public enum Answer: Sendable, Equatable {
        /// The member does as it was told, or goes on stopping; so many of its jobs still run.
        case isDraining(Bool, busy: Int)
        /// There is no such member.
        case unknown
        /// The member runs no jobs.
        case runsNoJobs
        /// The member did not answer, for that reason. It may have heard.
        case silent(String)
    }

    let order: @Sendable (_ node: String, _ isDraining: Bool) async -> Answer

    /// Over a closure that gives a member, by its name, the order and waits for its answer some seconds at most.
    public init(_ order: @escaping @Sendable (_ node: String, _ isDraining: Bool) async -> Answer) {
        self.order = order
    }

    /// Where nobody is known.
    static let none = NodeControl { _, _ in .unknown }
}
