import Logging
import NIOPosix
import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit

/// A server of a test's own, a client and a store on it.
struct RedisCase {
    let server: RedisServer
    let client: RedisClient
    let store: RedisStreamStore

    /// Runs the body on an empty server; the store listens for wake-ups meanwhile.
    ///
    /// - Parameter layout: what the namespace keeps to; nil: what the first job makes of it, which is 3, small records with
    ///   their states in them. With 2 it is as one whose first jobs an earlier release accepted.
    static func run(
        _ arguments: [String] = [], deadline: Duration = .seconds(20), layout: Int? = nil,
        _ body: (RedisCase) async throws -> Void
    ) async throws {
        let server = try RedisServer.start(arguments: arguments)
        let client = try Self.client(server)
        var configuration = RedisStreamStoreConfiguration()
        // Long by default: these tests are about what is stored, on machines that may be busy.
        configuration.deadline = deadline
        // A lost wake-up shall show as one.
        configuration.recheck = .seconds(60)
        let store = RedisStreamStore(client: client, configuration: configuration)
        try await withThrowingDiscardingTaskGroup { group in
            // Ends with the body; a server that is stopped ends it too.
            group.addTask { try? await store.run() }
            defer { group.cancelAll() }
            let place = RedisCase(server: server, client: client, store: store)
            if let layout { try await place.redis("SET $layout \(layout)") }
            try await body(place)
        }
        await client.shutDown()
    }

    /// Another client of the server.
    static func client(_ server: RedisServer, _ configuration: RedisConfiguration? = nil) throws -> RedisClient {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return RedisClient(
            configuration: try configuration ?? RedisConfiguration(url: server.url),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    /// Sends a command of words; `$` stands for the base of the keys, `~` for a space within a word.
    @discardableResult
    func redis(_ line: String) async throws -> RedisValue {
        let words = line.split(separator: " ").map { $0.replacing("$", with: "{roost}:").replacing("~", with: " ") }
        var command = RedisCommand(String(words[0]))
        for word in words.dropFirst() { command.append(String(word)) }
        return try await client.send(command)
    }

    /// The number a command replies with.
    func count(_ line: String) async throws -> Int64? { try await redis(line).int }
}
