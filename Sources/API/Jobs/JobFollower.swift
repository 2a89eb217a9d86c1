import HTTPTypes
import HummingbirdCore
import RoostJobs

/// Follows jobs for requests that take their time: those that wait for an end and those that stream.
struct JobFollower: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration
    let readiness: Readiness

    /// Notifies the signal when it is time to look at the job anew, or whether to go on at all: something may have changed,
    /// the client has left, this node drains. Until cancelled.
    func wake(_ signal: WakeSignal, of id: JobID, for client: ClientPresence) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in store.changes(of: id) { signal.notify() } }
            group.addTask {
                await client.left()
                signal.notify()
            }
            group.addTask {
                await readiness.drained()
                signal.notify()
            }
        }
    }

    /// Whether there is no point in following on.
    func isOver(for client: ClientPresence) -> Bool { client.isGone || readiness.isDraining || Task.isCancelled }

    /// Waits as the request prefers until a job has ended, and says what was applied; returns what `look` found last, and
    /// `job` itself, without having waited, when it prefers nothing or too many wait already.
    func end(
        of job: JobRecord, _ request: Request, _ context: APIRequestContext,
        _ look: @escaping @Sendable () async throws(StoreError) -> JobRecord?
    ) async throws -> (job: JobRecord?, applied: WaitPreference?) {
        let end = try await end(of: job.id, request, context, look)
        return end.applied == nil ? (job, nil) : end
    }

    /// Likewise of a job that was not looked at yet; nil when nothing was waited for.
    func end(
        of id: JobID, _ request: Request, _ context: APIRequestContext,
        _ look: @escaping @Sendable () async throws(StoreError) -> JobRecord?
    ) async throws -> (job: JobRecord?, applied: WaitPreference?) {
        guard let preference = WaitPreference(request.headers, limit: configuration.maximumWait),
            let place = configuration.metrics.waiting.enter(limit: configuration.maximumWaiting)
        else { return (nil, nil) }
        defer { place.leave() }
        let deadline = ContinuousClock.now + .seconds(preference.seconds)
        let client = context.wait()
        let signal = WakeSignal()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await wake(signal, of: id, for: client) }
            defer { group.cancelAll() }
            while true {
                let generation = signal.generation
                guard let job = try await look() else { return (nil, preference) }
                let left = deadline - .now
                if job.state.isFinal || left <= .zero || isOver(for: client) { return (job, preference) }
                await signal.wait(after: generation, upTo: min(left, configuration.streamPing))
            }
        }
    }
}
