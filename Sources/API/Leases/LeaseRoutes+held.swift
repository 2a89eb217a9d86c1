import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// What a worker says of a job it holds.
extension LeaseRoutes {
    /// Lets the lease hold on, to the end of the attempt at most; tells whether somebody wants the job cancelled.
    func extend(_ lease: LeaseID, _ report: LeaseReport) async throws -> Response {
        let now = Timestamp.now()
        let left = lease.end.since(now)
        guard left > .zero else { return try await end(lease) }
        let span = min(report.lease ?? lease.lease, left)
        let found = try await told(.change) { () throws(StoreError) in
            try await store.extend([lease.ticket], lease: span)
        }
        guard found.lost.isEmpty else { throw Self.lost }
        await workers.isBusy(lease.worker, silence: report.lease ?? lease.lease)
        var json = JSONWriter(capacity: 96)
        json.object { json in
            json.field("expires_at", now.advanced(by: span))
            json.field("cancel", !found.cancelled.isEmpty)
        }
        return Response(json: json)
    }

    /// The attempt took longer than it may: it fails, as it would on any node.
    private func end(_ lease: LeaseID) async throws -> Response {
        guard let job = try await store.job(lease.ticket.id) else { throw Self.lost }
        let outcome: Outcome =
            lease.isCutShort
            ? .failed(error: ErrorText.deadline)
            : job.outcome(failedWith: AttemptTimedOut(timeout: job.timeout).description)
        guard try await store.settle(lease.ticket, outcome) == .settled else { throw Self.lost }
        throw APIError(.conflict, "The lease has ended: the attempt took longer than it may")
    }

    func note(_ lease: LeaseID, _ report: LeaseReport) async throws -> Response {
        let settlement = try await told(.change) { () throws(StoreError) in
            try await store.note(lease.ticket, progress: report.progress, log: report.log)
        }
        guard settlement == .settled else { throw Self.lost }
        return Response(status: .noContent)
    }

    /// How a failed attempt ends: as the worker says, else as the job does. One that somebody wants cancelled is.
    func outcome(_ lease: LeaseID, _ report: LeaseReport) async throws -> Outcome {
        let id = lease.ticket.id
        guard let job = try await store.job(id) else { throw Self.lost }
        if job.state == .running, let reason = try await store.notes(id)?.cancelReason {
            return .cancelled(reason: reason)
        }
        if report.isFinal { return .failed(error: ErrorText.cut(report.error)) }
        return job.outcome(failedWith: report.error, retryAfter: report.delay)
    }

    func settle(_ lease: LeaseID, _ outcome: Outcome) async throws -> Response {
        let settlement = try await told(.change) { () throws(StoreError) in
            try await store.settle(lease.ticket, outcome)
        }
        guard settlement == .settled else { throw Self.lost }
        var json = JSONWriter(capacity: 96)
        json.object { json in
            json.field("job_id", lease.ticket.id.description)
            json.field("outcome", outcome.word)
            if case .retry(let delay, _) = outcome { json.field("retry_in", seconds: delay) }
        }
        return Response(json: json)
    }

    private static let lost = APIError(
        .conflict, "The lease is lost: it ran out and another attempt owns the job, or the job has ended")
}

extension Outcome {
    /// A word for programs.
    fileprivate var word: String {
        switch self {
        case .succeeded: "done"
        case .retry: "retry"
        case .failed: "failed"
        case .released, .snoozed: "released"
        case .cancelled: "cancelled"
        }
    }
}
