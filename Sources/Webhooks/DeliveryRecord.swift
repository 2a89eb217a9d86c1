import FoundationEssentials
public import RoostJobs

/// One attempt of a delivery, as a webhook's log keeps it. Of what the receiver answered only the status is kept: whoever
/// may look at the log shall not be able to read with it what only this process can reach.
public struct DeliveryRecord: Sendable, Equatable, Codable {
    /// The job that makes the delivery.
    public var delivery: String
    /// What it told.
    public var event: String
    /// The job it told of; nil for a test.
    public var job: String?
    /// Which attempt, from 1.
    public var attempt: Int
    /// The status the receiver answered with; nil when it did not answer.
    public var status: Int?
    /// Why the attempt failed; nil when it got through.
    public var error: String?
    /// How long it took, milliseconds.
    public var milliseconds: Int64

    private enum CodingKeys: String, CodingKey {
        case delivery, event, job, attempt, status, error
        case milliseconds = "ms"
    }
}

/// A webhook's log: its newest attempts, bounded by `WebhookRules.logLength`.
public struct DeliveryLog: Sendable {
    /// The name of its log.
    let name: String
    let store: any JobStore

    /// The log of a webhook.
    public init(_ webhook: JobID, in store: any JobStore) {
        name = "webhook-\(webhook)"
        self.store = store
    }

    /// A page of attempts, newest first.
    public struct Page: Sendable {
        /// The attempts; what cannot be read is left out.
        public let attempts: [(at: Timestamp, record: DeliveryRecord)]
        /// Where the next page begins; nil when this is the last.
        public let next: Int64?
    }

    /// Attempts, newest first: those before `position`, or the newest.
    public func page(before position: Int64? = nil, limit: Int) async throws(StoreError) -> Page {
        let entries = try await store.entries(of: name, before: position, limit: limit)
        let attempts = entries.compactMap { entry in
            let record = try? JSONDecoder().decode(DeliveryRecord.self, from: Data(entry.body))
            return record.map { (at: entry.at, record: $0) }
        }
        return Page(attempts: attempts, next: entries.count < limit ? nil : entries.last?.position)
    }

    /// Lets go of what it says, as far as a log can: one entry that says nothing stays.
    func empty() async { try? await store.append(Array("{}".utf8), to: name, keeping: 1) }

    func append(_ record: DeliveryRecord, keeping count: Int) async throws(StoreError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        guard let body = try? encoder.encode(record) else { return }
        try await store.append(Array(body), to: name, keeping: count)
    }
}
