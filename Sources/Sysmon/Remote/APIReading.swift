public import RoostJobs
import Synchronization

/// What a `Snapshotter` needs, read from an API's node over HTTP: `/stats`, `/queues`, `/nodes` and `/health`, once an
/// interval each.
public final class APIReading: Sendable {
    private struct Heard {
        var members: [MemberView] = []
        var at: ContinuousClock.Instant
    }

    private let send: APITransport
    private let heard: Mutex<Heard>
    /// How long the members may go unheard of before they are called old.
    private let patience: Duration

    /// Over a transport.
    public init(patience: Duration = .seconds(5), _ send: @escaping APITransport) {
        self.send = send
        self.patience = patience
        heard = Mutex(Heard(at: .now))
    }

    /// Three requests at once. Throws what keeps the numbers from being known; the members may be known all the same.
    public func counts() async throws -> StoreCounts {
        async let queues = send(APICall(.get, "/queues")).checked().rows
        async let stats = send(APICall(.get, "/stats")).checked().object
        if let nodes = try? await send(APICall(.get, "/nodes")).checked().rows {
            let members = nodes.compactMap { MemberView(api: $0) }
            heard.withLock { $0 = Heard(members: members, at: .now) }
        }
        var counts = StoreCounts()
        for queue in try await queues.compactMap({ RoostJobs.QueueStatus(api: $0) })
        where queue.name != QueueSettings.all {
            counts.queues[queue.name] = queue.counts
        }
        guard let totals = try await stats?["totals"]?.object else {
            throw APIFault(description: "the API answers something else")
        }
        counts.totals = StoreCounts.Totals(api: totals)
        return counts
    }

    /// One request. A node that does not answer says nothing of its store.
    public func health() async -> StoreHealth {
        let reply = try? await send(APICall(.get, "/health"))
        let object = reply?.object
        let store = object?["store"]?.object
        return StoreHealth(
            description: store?.text("description") ?? "", isReachable: reply?.status == 200,
            durability: store?.text("durability") ?? "unknown",
            warnings: (object?.list("warnings") ?? []).compactMap(\.string), latency: store?.span("latency"))
    }

    /// The members as they were heard of last; older with each moment since.
    public var members: ClusterView {
        let heard = heard.withLock { $0 }
        let silence = ContinuousClock.now - heard.at
        let members = heard.members.map { member in
            var member = member
            member.heartbeatAge = member.heartbeatAge.map { $0 + silence }
            member.stateAge = member.stateAge.map { $0 + silence }
            return member
        }
        return ClusterView(members: members, registryDegradedFor: silence > patience ? silence : nil)
    }
}
