public import RoostRedis

/// A registry in Redis: one script, one round trip a beat, the server's clock.
///
/// All keys share the hash tag `{cluster}`. Works on Redis 6.2 and newer, also without persistence: what is lost comes
/// back with the next beat of each member.
public final class RedisRegistry: Registry {
    /// What a registry in Redis is limited by.
    public struct Configuration: Sendable {
        /// How long one call may take, waiting for a connection included.
        public var deadline: Duration = .seconds(2)
        /// For how long members that expired or left are still listed.
        public var retention: Duration = .seconds(600)
        /// How many members a view holds at most; those with the freshest beats are taken.
        public var mostMembers = 1024

        /// The defaults.
        public init() {}
    }

    private let client: RedisClient
    private let keys: RegistryKeys
    private let configuration: Configuration

    /// A registry for `cluster` over `client`, which stays the caller's to shut down.
    ///
    /// Nil when the cluster's name is empty, longer than 64 bytes, or holds braces, spaces or anything else that is
    /// not printable ASCII.
    public init?(cluster: String, client: RedisClient, configuration: Configuration = .init()) {
        guard let keys = RegistryKeys(cluster: cluster) else { return nil }
        self.client = client
        self.keys = keys
        self.configuration = configuration
    }

    /// Registers or renews `me`; throws `RedisError` or `RegistryFault`.
    public func beat(_ me: Member, report: MemberReport, ttl: Duration) async throws -> RegistryView {
        let ttl = min(max(ttl, .milliseconds(1)), RegistryEntry.longestTTL)
        return try await run(
            mode: "beat", me: me, identity: try RegistryEntry.identityJSON(of: me, ttl: ttl),
            report: try RegistryEntry.reportJSON(of: report), ttl: ttl)
    }

    /// Reads who is there; throws `RedisError` or `RegistryFault`.
    public func members() async throws -> RegistryView {
        try await run(mode: "read")
    }

    /// Takes `me` out; throws `RedisError` or `RegistryFault`.
    public func leave(_ me: Member) async throws {
        _ = try await run(mode: "leave", me: me)
    }

    /// Refuses the victim's beats from now on; throws `RedisError` or `RegistryFault`.
    public func fence(_ victim: MemberID, by me: Member) async throws {
        _ = try await run(mode: "fence", victim: victim, accuser: me.id)
    }

    /// Follows the channel of changes on a connection of its own; throws `RedisError`.
    public func watch(_ onChange: @escaping @Sendable () -> Void) async throws {
        try await client.subscribe(to: [keys.changes], onSubscribed: onChange) { _, _ in onChange() }
    }

    private func run(
        mode: String, me: Member? = nil, victim: MemberID? = nil, accuser: MemberID? = nil, identity: [UInt8] = [],
        report: [UInt8] = [], ttl: Duration = .zero
    ) async throws -> RegistryView {
        let reply = try await client.evaluate(
            RegistryScript.script, keys: keys.all, deadline: configuration.deadline
        ) { command in
            command.append(mode)
            command.append((victim ?? me?.id)?.name.description ?? "")
            command.append((victim ?? me?.id)?.incarnationText ?? "")
            command.append(identity)
            command.append(report)
            command.append(ttl.clampedMilliseconds)
            command.append(min(configuration.retention, .seconds(86400)).clampedMilliseconds)
            command.append(RegistryEntry.longestTTL.clampedMilliseconds)
            command.append(min(max(1, configuration.mostMembers), 4096))
            command.append(RegistryEntry.longestJSON)
            command.append(keys.changes)
            command.append(accuser?.description ?? "")
            command.append(RegistryEntry.mourning.clampedMilliseconds)
        }
        guard let view = RegistryView(reply: reply) else { throw RegistryFault.malformedReply }
        return view
    }
}

/// What a registry throws of its own.
public enum RegistryFault: Error, Sendable {
    /// The registry answered something that is not a view.
    case malformedReply
}
