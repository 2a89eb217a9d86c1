/// Looks whether what a store keeps fits together: for `roost fsck`.
public protocol StoreRepair: Sendable {
    /// Recounts everything in bounded steps, beside the work that goes on, and reports what does not fit; with `repair`
    /// also puts it right. Never deletes a job that has not ended.
    func check(repair: Bool) async throws(StoreError) -> StoreReport
}

/// What a check found.
public struct StoreReport: Sendable, Equatable {
    /// Jobs looked at.
    public var jobs: Int
    /// What does not fit; empty when all does.
    public var findings: [Finding]

    /// One kind of thing that does not fit.
    public struct Finding: Sendable, Equatable {
        /// A word for programs, such as `count-drift`, `missing-entry`, `orphan-result`.
        public var kind: String
        /// What it is about, for a person: at most ten examples.
        public var detail: String
        /// How often.
        public var count: Int
        /// Whether it was put right.
        public var isRepaired: Bool

        /// A finding.
        public init(kind: String, detail: String, count: Int, isRepaired: Bool) {
            self.kind = kind
            self.detail = detail
            self.count = count
            self.isRepaired = isRepaired
        }
    }

    /// A report.
    public init(jobs: Int = 0, findings: [Finding] = []) {
        self.jobs = jobs
        self.findings = findings
    }
}
