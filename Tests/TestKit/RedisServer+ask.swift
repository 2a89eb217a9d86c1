import Logging
import NIOPosix
public import RoostRedis

extension RedisServer {
    /// Sends a command on a connection of its own; throws `RedisError`, errors the server replies with included.
    @discardableResult
    public func ask(_ command: RedisCommand) async throws -> RedisValue {
        let client = RedisClient(
            configuration: try RedisConfiguration(url: url), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "tests", factory: { _ in SwiftLogNoOpLogHandler() }))
        do {
            let reply = try await client.send(command, deadline: .seconds(10))
            await client.shutDown()
            return reply
        } catch {
            await client.shutDown()
            throw error
        }
    }

    /// The same with words.
    @discardableResult
    public func ask(_ words: String...) async throws -> RedisValue {
        var command = RedisCommand(words.first ?? "PING")
        for word in words.dropFirst() { command.append(word) }
        return try await ask(command)
    }
}
