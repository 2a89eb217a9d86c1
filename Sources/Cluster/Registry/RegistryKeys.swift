/// Every key the registry uses in Redis. One hash tag: all live in one slot, so the script is atomic on Redis Cluster.
struct RegistryKeys: Sendable {
    /// Name of the cluster: printable ASCII without braces or spaces, 1 to 64 bytes.
    let cluster: String

    /// Nil when the cluster's name would break the hash tag or a terminal.
    init?(cluster: String) {
        guard Self.isClusterName(cluster) else { return nil }
        self.cluster = cluster
    }

    static func isClusterName(_ name: String) -> Bool {
        PlainText.isToken(name, limit: 64) && !name.contains("{") && !name.contains("}")
    }

    /// Sorted set: member name → when its last beat expires, in milliseconds of the server's clock.
    var expiries: String { "{\(cluster)}:m" }
    /// Hash: member name → identity JSON.
    var identities: String { "{\(cluster)}:m:identity" }
    /// Hash: member name → report JSON.
    var reports: String { "{\(cluster)}:m:report" }
    /// Counter of joins, leaves and changed identities.
    var epoch: String { "{\(cluster)}:m:epoch" }
    /// Sorted set: `name#incarnation` → when it left, in milliseconds of the server's clock.
    var departures: String { "{\(cluster)}:m:left" }
    /// Sorted set: `name#incarnation` → when it was fenced, in milliseconds of the server's clock.
    var deaths: String { "{\(cluster)}:m:dead" }
    /// Channel: the new epoch, whenever it changes.
    var changes: String { "{\(cluster)}:m:changes" }

    /// In the order the script numbers them.
    var all: [String] { [expiries, identities, reports, epoch, departures, deaths] }
}
