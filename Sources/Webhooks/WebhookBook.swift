import FoundationEssentials
public import RoostJobs

/// The webhooks there are, kept with the jobs for the whole cluster.
public struct WebhookBook: Sendable {
    let store: any JobStore
    let rules: WebhookRules

    /// The collection of documents they are kept in.
    public static let collection = "webhooks"
    /// A change that others keep overtaking is given up after so many tries.
    private static let mostTries = 50

    /// The book of a store.
    public init(store: any JobStore, rules: WebhookRules) {
        self.store = store
        self.rules = rules
    }

    /// All of them, oldest first.
    public func all() async throws(StoreError) -> [Webhook] {
        // What a later release wrote in a way this one cannot read is left to that.
        try await store.documents(in: Self.collection).compactMap { try? Self.decode($0.body) }.sorted { $0.id < $1.id }
    }

    /// One of them; nil when there is none.
    public func webhook(_ id: JobID) async throws(StoreError) -> Webhook? { try await read(id)?.webhook }

    /// Adds one and, once this returns, ends are kept for it. False when there are as many as may be.
    public func add(_ webhook: Webhook) async throws(StoreError) -> Bool {
        guard try await store.documents(in: Self.collection).count < rules.mostWebhooks else { return false }
        let body = Self.encode(webhook)
        if try await put(webhook.id, body, replacing: 0) == nil {
            // A repeat after a lost answer finds itself; nobody else has this id.
            guard try await read(webhook.id)?.webhook == webhook else { throw Self.overtaken }
        }
        if webhook.isEnabled { try await store.keepEnds(true) }
        return true
    }

    /// Changes one, whatever others change meanwhile; returns it as it is then, nil when there is none. `body` may be
    /// called more than once.
    @discardableResult
    public func change(
        _ id: JobID, _ body: @Sendable (inout Webhook) -> Void
    ) async throws(StoreError) -> Webhook? {
        for _ in 0..<Self.mostTries {
            guard let (old, version) = try await read(id) else { return nil }
            var webhook = old
            body(&webhook)
            if webhook == old { return old }
            guard try await put(id, Self.encode(webhook), replacing: version) != nil else { continue }
            if webhook.isEnabled != old.isEnabled {
                if webhook.isEnabled { try await store.keepEnds(true) } else { try await keepEndsWhileWanted() }
            }
            return webhook
        }
        throw Self.overtaken
    }

    /// Takes one away; false when there was none. Deliveries that are under way are called off by themselves.
    public func remove(_ id: JobID) async throws(StoreError) -> Bool {
        let isRemoved = try await store.removeDocument(id.description, in: Self.collection)
        try await keepEndsWhileWanted()
        if isRemoved { await DeliveryLog(id, in: store).empty() }
        return isRemoved
    }

    /// Has ends kept exactly while somebody wants them.
    private func keepEndsWhileWanted() async throws(StoreError) {
        if try await all().contains(where: \.isEnabled) { return try await store.keepEnds(true) }
        try await store.keepEnds(false)
        // One that was added between the look and the switch switched them on before we switched them off.
        if try await all().contains(where: \.isEnabled) { try await store.keepEnds(true) }
    }

    private func read(_ id: JobID) async throws(StoreError) -> (webhook: Webhook, version: Int)? {
        guard let document = try await store.document(id.description, in: Self.collection) else { return nil }
        guard let webhook = try? Self.decode(document.body) else {
            throw StoreError(.corrupt, "webhook \(id) cannot be read by this release")
        }
        return (webhook, document.version)
    }

    private func put(_ id: JobID, _ body: [UInt8], replacing version: Int) async throws(StoreError) -> Int? {
        try await store.putDocument(id.description, in: Self.collection, body: body, replacing: version)
    }

    private static let overtaken = StoreError(.unavailable, "the webhook is being changed by others")

    private static func decode(_ body: [UInt8]) throws -> Webhook {
        try JSONDecoder().decode(Webhook.self, from: Data(body))
    }

    private static func encode(_ webhook: Webhook) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Of strings, numbers and lists of them there is nothing that cannot be written.
        return (try? encoder.encode(webhook)).map { Array($0) } ?? []
    }
}
