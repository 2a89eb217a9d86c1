/// Small things a cluster shares beside its jobs: access tokens, webhooks, the audit log, meters of use.
///
/// Names of collections, logs and meters, and of documents in them, keep to `JobName`.
public protocol DocumentStore: Sendable {
    /// All documents of a collection, by name; at most `Document.mostInCollection`.
    func documents(in collection: String) async throws(StoreError) -> [Document]

    /// One document; nil when there is none.
    func document(_ name: String, in collection: String) async throws(StoreError) -> Document?

    /// Writes a document when its newest version is `replacing` (0: when there is none), and returns the new version;
    /// nil when it is another. Throws `.invalid` when the body is longer than `Document.mostBytes` or the collection is
    /// full. A repeat after `.unknown` may find its own first try: compare the body then.
    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) async throws(StoreError) -> Int?

    /// Takes a document away; false when there was none.
    func removeDocument(_ name: String, in collection: String) async throws(StoreError) -> Bool

    /// Adds an entry to a log, which keeps its newest `keeping` ones (1 to 100,000). Throws `.invalid` when the entry is
    /// longer than `Document.mostBytes`.
    func append(_ entry: [UInt8], to log: String, keeping: Int) async throws(StoreError)

    /// Entries of a log, newest first: those older than `position`, or the newest; at most 200 at a time.
    func entries(of log: String, before position: Int64?, limit: Int) async throws(StoreError) -> [StoredEntry]

    /// Takes `amount` from what a meter allows in the current window of `period` (1 s to 31 days; windows begin at
    /// multiples of it), all or nothing, for the whole cluster at once.
    func spend(
        _ amount: Int, of meter: String, limit: Int, period: Duration
    ) async throws(StoreError) -> Allowance
}

/// A small named thing.
public struct Document: Sendable, Equatable {
    /// The longest body of a document or an entry, bytes.
    public static let mostBytes = 16 << 10
    /// How many documents a collection holds at most.
    public static let mostInCollection = 10_000

    /// Its name in its collection.
    public var name: String
    /// Grows with each write; from 1.
    public var version: Int
    /// What it says; JSON, by custom.
    public var body: [UInt8]

    /// A document.
    public init(name: String, version: Int, body: [UInt8]) {
        self.name = name
        self.version = version
        self.body = body
    }
}

/// An entry of a log.
public struct StoredEntry: Sendable, Equatable {
    /// Its place: later entries have a higher one.
    public var position: Int64
    /// When the store took it.
    public var at: Timestamp
    /// What it says.
    public var body: [UInt8]

    /// An entry.
    public init(position: Int64, at: Timestamp, body: [UInt8]) {
        self.position = position
        self.at = at
        self.body = body
    }
}

/// What a meter answered.
public struct Allowance: Sendable, Equatable {
    /// Whether the amount was taken.
    public var isGranted: Bool
    /// What is left in this window.
    public var remaining: Int
    /// How long until the next window begins.
    public var resetsIn: Duration

    /// An answer.
    public init(isGranted: Bool, remaining: Int, resetsIn: Duration) {
        self.isGranted = isGranted
        self.remaining = remaining
        self.resetsIn = resetsIn
    }
}
