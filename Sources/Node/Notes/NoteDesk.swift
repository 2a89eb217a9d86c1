import RoostJobs
import Synchronization

/// Brings what handlers tell to the store: a few calls a second an attempt, on the thread that no handler blocks.
///
/// The shell around `NoteBuffer`, which each attempt carries; an attempt that tells nothing costs one look.
struct NoteDesk: Sendable {
    let store: any JobStore
    let executor: ThreadExecutor

    /// An attempt's notes and the send that is under way.
    struct Notes {
        var buffer = NoteBuffer()
        var flight: Task<Void, Never>?
    }

    func progress(_ json: [UInt8], of attempt: Attempt) {
        wake(attempt, at: attempt.notes.withLock { $0.buffer.tell(progress: json, now: .now) })
    }

    func log(_ line: String, of attempt: Attempt) {
        wake(attempt, at: attempt.notes.withLock { $0.buffer.tell(line: line, now: .now) })
    }

    /// Sends what is left, once; returns how many lines never reached the store. Its caller's task must not be one
    /// that is cancelled with the attempt.
    func close(_ attempt: Attempt) async -> Int {
        if closeIsSilent(attempt) { return 0 }
        await attempt.notes.withLock { $0.flight }?.value
        let (last, dropped) = attempt.notes.withLock { ($0.buffer.takeLast(now: .now), $0.buffer.dropped) }
        guard let last else { return dropped }
        let end = await send(last, of: attempt)
        return attempt.notes.withLock { notes in
            _ = notes.buffer.sent(last, end, now: .now)
            notes.buffer.abandon()
            return notes.buffer.dropped
        }
    }

    /// Whether nothing is left to be sent, now or by `close`; the attempt tells nothing more from here on.
    func closeIsSilent(_ attempt: Attempt) -> Bool {
        attempt.notes.withLock { notes in
            notes.buffer.close()
            return notes.flight == nil && notes.buffer.isSilent
        }
    }

    /// The lease is lost: the store would refuse what is left. Returns how many lines never reached it.
    func abandon(_ attempt: Attempt) -> Int {
        attempt.notes.withLock { notes in
            notes.buffer.abandon()
            return notes.buffer.dropped
        }
    }

    private func wake(_ attempt: Attempt, at time: ContinuousClock.Instant?) {
        guard let time else { return }
        _ = executor.schedule(time) { self.flush(attempt) }
    }

    private func flush(_ attempt: Attempt) {
        attempt.notes.withLock { notes in
            guard let batch = notes.buffer.wake(now: .now) else { return }
            // In a task that is not the handler's, so that a slow store does not slow the handler; `close` awaits it.
            notes.flight = Task(executorPreference: executor) {
                let end = await self.send(batch, of: attempt)
                let next = attempt.notes.withLock { notes in
                    notes.flight = nil
                    return notes.buffer.sent(batch, end, now: .now)
                }
                self.wake(attempt, at: next)
            }
        }
    }

    private func send(_ batch: NoteBuffer.Batch, of attempt: Attempt) async -> NoteBuffer.End {
        do throws(StoreError) {
            let settlement = try await store.note(
                attempt.claim.ticket, progress: batch.progress, log: batch.lines)
            return settlement == .settled ? .kept : .lost
        } catch {
            return error.code == .unavailable || error.code == .unknown ? .failed : .refused
        }
    }
}
