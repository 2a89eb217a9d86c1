import RoostTestKit

/// Redis servers of which one can be lost.
enum ServerGroup: Sendable {
    case sentinel(SentinelDeployment)
    case cluster(ClusterDeployment)

    /// Any key of the store's slot.
    private static let key = "{roost}"

    var url: String {
        switch self {
        case .sentinel(let deployment): deployment.url
        case .cluster(let deployment): deployment.url
        }
    }

    /// Where the store's keys are now.
    func master() async throws -> RedisServer? {
        switch self {
        case .sentinel(let deployment): try await deployment.current()
        case .cluster(let deployment): try await deployment.owner(of: Self.key)
        }
    }

    /// Returns when another server has taken over.
    func promoted(after former: RedisServer) async throws -> RedisServer {
        switch self {
        case .sentinel(let deployment): try await deployment.promoted(after: former)
        case .cluster(let deployment): try await deployment.promoted(after: former, for: Self.key)
        }
    }

    func kill() {
        switch self {
        case .sentinel(let deployment): deployment.kill()
        case .cluster(let deployment): deployment.kill()
        }
    }
}
