import Hummingbird
import NIOCore
import RoostJobs

/// Streams what happens to one job to one client.
///
/// Looks at the job when something may have changed and writes what is news to this client. One that reads slowly skips
/// what was overtaken meanwhile: nothing is kept for it but what it is being sent.
struct JobEventStream: Sendable {
    let id: JobID
    let follower: JobFollower
    let client: ClientPresence

    /// Between two looks at the job, however much happens.
    private static let gap = Duration.milliseconds(50)

    /// Writes until the job has ended, the client has left or this node drains.
    @concurrent func write(from start: JobEventCursor, to writer: inout any ResponseBodyWriter) async throws {
        let retry = max(0, follower.configuration.streamRetry.clampedMilliseconds)
        try await writer.write(ByteBuffer(string: "retry: \(retry)\n\n"))
        let signal = WakeSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await follower.wake(signal, of: id, for: client) }
            defer { group.cancelAll() }
            try await pump(signal, from: start, to: &writer)
        }
    }

    @concurrent private func pump(
        _ signal: WakeSignal, from start: JobEventCursor, to writer: inout any ResponseBodyWriter
    ) async throws {
        let ping = min(max(follower.configuration.streamPing, .milliseconds(10)), .seconds(3600))
        var cursor = start
        var written = ContinuousClock.now
        while !follower.isOver(for: client) {
            let generation = signal.generation
            var news = ByteBuffer()
            let isEnd = await look(&cursor, &news)
            if news.readableBytes == 0, .now - written >= ping { news.writeEventComment("keep-alive") }
            if news.readableBytes > 0 {
                try await writer.write(news)
                written = .now
            }
            if isEnd { return }
            try await Task.sleep(for: Self.gap)
            await signal.wait(after: generation, upTo: ping - (.now - written))
        }
    }

    /// Adds what is news; true when there is nothing more to come.
    private func look(_ cursor: inout JobEventCursor, _ news: inout ByteBuffer) async -> Bool {
        do throws(StoreError) {
            // The notes last: what a job that has ended left is complete.
            guard let job = try await follower.store.job(id), let notes = try await follower.store.notes(id) else {
                news.write(cursor.gone(id))
                return true
            }
            for event in cursor.events(job, notes) { news.write(event) }
            return cursor.hasEnd
        } catch {
            // A store that cannot be reached may be there again for the next look; a closed one will not.
            if error.code == .closed { return true }
            return false
        }
    }
}
