import RoostRedis
import RoostStores
import RoostTestKit
import Testing

/// Random operations on a Redis store and on the model, at the same moments: the server's wall clock, by which its scripts
/// and its keys' times to live go, stands still but for the test.
@Suite("A Redis store and the model")
struct RedisModelTests {
    @Test(
        "answer the same to everything", .enabled(if: StoppedClock.drivesServers, "needs clang"),
        arguments: Walks.seeds(40))
    func agree(seed: UInt64) async throws {
        let clock = try StoppedClock(drivesServer: true)
        let server = try RedisServer.start(environment: clock.environment)
        let client = try RedisCase.client(server)
        var configuration = RedisStreamStoreConfiguration()
        configuration.deadline = .seconds(20)
        // Time moves in leaps here: they are no standstill.
        configuration.sweepGap = .seconds(100_000_000)
        let store = RedisStreamStore(client: client, configuration: configuration)
        // Every fourth walk is in a namespace as an earlier release began them, where no record has its state in it.
        if seed % 4 == 0 { _ = try await client.send(RedisCommand("SET", "{roost}:layout", "2")) }
        do {
            var promises = ModelWalk.Promises()
            (promises.ordersTypes, promises.remembersStarts, promises.leavesLanes) = (false, false, false)
            var walk = ModelWalk(seed: seed, store: store, clock: clock, promises: promises)
            try await walk.walk(400)
            await client.shutDown()
        } catch {
            await client.shutDown()
            throw error
        }
    }
}
