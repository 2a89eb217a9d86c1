public import RoostJobs
public import Testing

/// What every store must do, as cases to run one by one, each on an empty store.
public enum StoreConformance {
    /// All cases.
    public static let cases: [StoreCase] = [
        enqueueing, instants, badInput, uniqueness, claiming, waiting, extending, settling, settledRecords, fencing,
        retrying, scheduling, reclaiming, expiring, listing, counting, concurrency, health,
        cancelling, replaying, uniqueRules, limits, tenants, deadlines, families, batches, notes, crons, searching,
        watching, endings,
        documents, logs, meters, details, needed, ghosts, matrix,
    ].flatMap { $0 }
}

/// One thing every store must do.
public struct StoreCase: Sendable, CustomTestStringConvertible {
    /// The behaviour, as a sentence.
    public let name: String
    /// Shows it on an empty store.
    public let body: @Sendable (any JobStore, StoreClock) async throws -> Void

    /// A case.
    public init(_ name: String, _ body: @escaping @Sendable (any JobStore, StoreClock) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// The name, as a test run shows it.
    public var testDescription: String { name }
}
