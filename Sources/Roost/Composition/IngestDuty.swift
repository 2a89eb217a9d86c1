import Logging
import RoostStores
import RoostSupervision

/// Takes in what foreign producers added to the stream, on every node whose store is a Redis.
enum IngestDuty {
    /// One duty, or none where there is no such stream.
    static func duties(
        _ store: RedisStreamStore?, _ settings: Settings, consumer: String, logger: Logger
    ) -> [Duty] {
        guard let store, !settings.streamKey.isEmpty else { return [] }
        var configuration = RedisIngestConfiguration()
        configuration.stream = settings.streamKey
        configuration.group = settings.consumerGroup
        // The member's name: a node that starts again finds at once what it had fetched before.
        configuration.consumer = consumer
        configuration.maxAttempts = settings.maxAttempts
        let ingest = RedisIngest(store: store, configuration: configuration, logger: logger)
        return [Duty(name: "ingest") { try await ingest.run() }]
    }
}
