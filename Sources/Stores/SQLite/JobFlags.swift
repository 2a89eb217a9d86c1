/// What else is kept about a job, so that nobody looks for what is not there. The numbers are in files: they never
/// change.
struct JobFlags: OptionSet, Sendable {
    let rawValue: Int64

    /// A row of rare fields.
    static let extras = JobFlags(rawValue: 1)
    /// Failed attempts.
    static let failures = JobFlags(rawValue: 2)
    /// A progress note or log lines.
    static let notes = JobFlags(rawValue: 4)
    /// Jobs that waited for it.
    static let children = JobFlags(rawValue: 8)
    /// Jobs it waits or waited for.
    static let parents = JobFlags(rawValue: 16)
    /// A batch.
    static let batch = JobFlags(rawValue: 32)
    /// Its batch was told of its end; a replay is not counted again.
    static let counted = JobFlags(rawValue: 64)
    /// The search index has its words.
    static let terms = JobFlags(rawValue: 128)
}
