import RoostJobs
import RoostRedis

/// The way to the server: a client, the keys of a namespace, and how long an answer may take.
struct StoreLink: Sendable {
    let client: RedisClient
    let keys: RedisKeys
    let deadline: Duration
    /// Whether an answer is awaited even when the task is cancelled: it is others' too, or somebody's jobs.
    var outlivesCancel = false

    /// The same for calls that carry others' items, or whose effect must not be lost.
    var uncancelled: StoreLink {
        var link = self
        link.outlivesCancel = true
        return link
    }

    /// - Parameters:
    ///   - onQueued: called on the caller's thread when the command has its place in the queue.
    ///   - onReply: called with the script's reply before the caller is resumed.
    func evaluate(
        _ script: RedisScript, onQueued: (() -> Void)? = nil, onReply: (@Sendable (RedisValue) -> Void)? = nil,
        _ arguments: (inout RedisCommand) -> Void
    ) async throws(StoreError) -> RedisValue {
        do throws(RedisError) {
            return try await client.evaluate(
                script, keys: [keys.base], deadline: deadline,
                delivery: RedisDelivery(outlivesCancel: outlivesCancel, onQueued: onQueued, onReply: onReply),
                arguments: arguments)
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
