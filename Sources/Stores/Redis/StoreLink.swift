import RoostJobs
import RoostRedis

/// The way to the server: a client, the keys of a namespace, and how long an answer may take.
struct StoreLink: Sendable {
    let client: RedisClient
    let keys: RedisKeys
    let deadline: Duration

    func evaluate(
        _ script: RedisScript, _ arguments: (inout RedisCommand) -> Void
    ) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await client.evaluate(script, keys: [keys.base], deadline: deadline, arguments: arguments)
        } catch {
            throw StoreError(error, doing: script.name)
        }
    }

    func send(_ command: RedisCommand) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await client.send(command, deadline: deadline)
        } catch {
            throw StoreError(error, doing: "read")
        }
    }
}
