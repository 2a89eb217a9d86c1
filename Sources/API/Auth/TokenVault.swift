public import RoostJobs

/// The tokens of a cluster, in its store.
public struct TokenVault: Sendable {
    let store: any DocumentStore

    static let collection = "tokens"

    /// The tokens in a store.
    public init(_ store: any DocumentStore) { self.store = store }

    /// Makes a token. It is returned this once: the store does not know it. Throws `.invalid` when the order has issues or
    /// the store holds as many tokens as it may.
    public func make(
        _ order: TokenOrder, by creator: String? = nil
    ) async throws(StoreError) -> (token: AccessToken, record: TokenRecord) {
        guard order.issues.isEmpty else { throw StoreError(.invalid, "no such token can be made") }
        let token = AccessToken.make()
        let record = TokenRecord(token, order, createdBy: creator, now: .now())
        let version = try await store.putDocument(token.id, in: Self.collection, body: record.body, replacing: 0)
        // Ids are random: one that is taken is one that this call wrote, its answer lost on the way.
        guard version != nil else {
            throw StoreError(.unknown, "the token may have been made: look for it, and revoke it")
        }
        return (token, record)
    }

    /// Every token, the oldest first.
    public func records() async throws(StoreError) -> [TokenRecord] {
        let records = try await store.documents(in: Self.collection).compactMap { TokenRecord($0) }
        return records.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Takes a token away; false when there is none. Processes know it within the age of what they keep, five seconds.
    public func revoke(_ id: String) async throws(StoreError) -> Bool {
        guard AccessToken.isID(id) else { return false }
        return try await store.removeDocument(id, in: Self.collection)
    }
}
