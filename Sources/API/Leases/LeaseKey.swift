import Crypto
import RoostJobs
import Synchronization

/// The key of the cluster's leases: made by the first node that needs one, kept in the store for all, and remembered.
final class LeaseKey: Sendable {
    private let store: any JobStore
    private let known = Mutex<SymmetricKey?>(nil)

    static let collection = "secrets"
    static let name = "lease-key"

    init(store: any JobStore) { self.store = store }

    /// The key.
    func value() async throws(StoreError) -> SymmetricKey {
        if let key = known.withLock({ $0 }) { return key }
        // Not there, then made by another in the same moment: the second look finds it.
        for _ in 0..<3 {
            if let document = try await store.document(Self.name, in: Self.collection) {
                guard let bytes = Base64URL.bytes(String(decoding: document.body, as: UTF8.self)), bytes.count == 32
                else { throw StoreError(.corrupt, "the key of leases cannot be read") }
                return remember(SymmetricKey(data: bytes))
            }
            let key = SymmetricKey(size: .bits256)
            let body = Array(Base64URL.text(key.withUnsafeBytes { Array($0) }).utf8)
            if try await store.putDocument(Self.name, in: Self.collection, body: body, replacing: 0) != nil {
                return remember(key)
            }
        }
        throw StoreError(.unavailable, "the key of leases cannot be made")
    }

    private func remember(_ key: SymmetricKey) -> SymmetricKey {
        known.withLock { $0 = key }
        return key
    }
}
