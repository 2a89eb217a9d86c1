public import Logging
import RoostJobs
import RoostRedis
import Synchronization

/// Turns what foreign producers `XADD` into jobs: any Redis client can be one.
///
/// An entry is acknowledged and deleted once its job was accepted. Its job's id comes from the entry's, so that an entry
/// which is delivered again after a crash makes no second job while the first is kept. What is no job becomes a dead letter
/// with the entry's own bytes. While a queue is full its entries wait in the stream.
public final class RedisIngest: Sendable {
    let store: RedisStreamStore
    let configuration: RedisIngestConfiguration
    let logger: Logger
    let progress = Mutex(RedisIngestStatus())

    /// An ingest into `store`, from a stream on the same server or the same cluster of servers. Several may run beside each other, in one process or many.
    public init(
        store: RedisStreamStore, configuration: RedisIngestConfiguration = .init(),
        logger: Logger = Logger(label: "roost.ingest")
    ) {
        self.store = store
        self.configuration = configuration
        self.logger = logger
    }

    /// What was done so far.
    public var status: RedisIngestStatus { progress.withLock { $0 } }

    /// Fetches entries until the task is cancelled, which returns once the batch under way is dealt with. Outages of the
    /// server are waited out. Throws `StoreError` when the store was closed.
    public func run() async throws {
        let reader = IngestReader(
            client: store.client.dedicated(name: "ingest", key: configuration.stream), configuration: configuration,
            deadline: store.configuration.deadline)
        do throws(StoreError) {
            try await loop(reader)
            await reader.client.shutDown()
        } catch {
            await reader.client.shutDown()
            throw error
        }
    }

    private func loop(_ reader: IngestReader) async throws(StoreError) {
        var course = IngestCourse(configuration, now: .now)
        var failures = 0
        while !Task.isCancelled {
            do throws(StoreError) {
                try store.checkOpen()
                let left = try await step(reader, &course)
                failures = 0
                progress.withLock { $0.failure = nil }
                // Nobody tells when a full queue has room again.
                if left > 0 { await pause(failures: 6) }
            } catch {
                if Task.isCancelled { return }
                try store.checkOpen()
                course.failed()
                failures = min(failures + 1, 30)
                if progress.withLock({ $0.failure != error.message }) {
                    logger.warning("ingest", metadata: ["stream": "\(configuration.stream)", "error": "\(error)"])
                }
                progress.withLock { $0.failure = error.message }
                await pause(failures: failures)
            }
        }
    }

    /// Does the next thing there is to do; returns how many entries must wait because their queue is full.
    private func step(_ reader: IngestReader, _ course: inout IngestCourse) async throws(StoreError) -> Int {
        let action = course.next(now: .now)
        var (entries, found): ([IngestEntry], IngestCourse.Found)
        do throws(RedisError) {
            (entries, found) = try await reader.perform(action)
        } catch {
            switch error.code {
            case .server(let reply) where reply.code == "NOGROUP": course.groupIsGone()
            case .protocolViolation: course.tooLarge(action)
            default: break
            }
            throw StoreError(error, doing: "ingest")
        }
        // Not given up half-way when the caller is cancelled: an accepted entry is acknowledged. Awaited right here.
        let taken = await Task { () async -> Result<Int, StoreError> in
            do throws(StoreError) { return .success(try await self.take(entries, reader)) } catch {
                return .failure(error)
            }
        }.value
        found.left = try taken.get()
        course.did(action, found, now: .now)
        return found.left
    }

    private func pause(failures: Int) async {
        let most = min(Duration.milliseconds(50) * (1 << min(failures, 20)), max(.zero, configuration.pause))
        // Random, so that several do not return at one moment. A cancellation ends it.
        try? await Task.sleep(for: .microseconds(Int64.random(in: 0...max(1, most.clampedMicroseconds))))
    }
}
