import Logging
import NIOCore
import NIOPosix
import RoostRedis

/// Runs the body with a client that is shut down afterwards.
@discardableResult
func withClient<Result>(
    _ url: String, change: (inout RedisConfiguration) -> Void = { _ in },
    _ body: (RedisClient) async throws -> Result
) async throws -> Result {
    var configuration = try RedisConfiguration(url: url)
    change(&configuration)
    let client = RedisClient(
        configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
        logger: Logger(label: "redis-tests", factory: { _ in SwiftLogNoOpLogHandler() }))
    do {
        let result = try await body(client)
        await client.shutDown()
        return result
    } catch {
        await client.shutDown()
        throw error
    }
}

/// The error a command ends with; nil when it succeeds.
func failure(_ body: () async throws(RedisError) -> Void) async -> RedisError? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
