/// How a client learns which server it works with.
public enum RedisTopology: Sendable, Equatable {
    /// It is the one that is named.
    case server
    /// It is the master of this name, as its sentinels say.
    case sentinel(master: String)
    /// It is the node of a Redis Cluster that owns the hash slot of ``RedisConfiguration/clusterKey``.
    case cluster
}
