import RoostJobs
import RoostRedis

extension StoreCheck {
    /// Looks whether this version can read the documents of those of the keys that are collections.
    mutating func lookAtDocuments(_ keys: [String]) async throws(StoreError) {
        for key in keys where key.hasPrefix("docs:") {
            let collection = key.dropFirst("docs:".count)
            var cursor = "0"
            repeat {
                // Bodies are long: fewer at a time than of other members.
                let (members, next) = try await scanned("HSCAN", key, cursor, count: 100)
                for (name, value) in members where DocumentText.parse(value.bytes ?? [], name: name) == nil {
                    find("unreadable", "document \(collection) \(name)", isRepaired: false)
                }
                cursor = next
            } while cursor != "0"
        }
    }
}
