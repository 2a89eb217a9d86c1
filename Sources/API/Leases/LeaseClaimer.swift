import Hummingbird
import HummingbirdCore
import Logging
import RoostJobs
import Synchronization

/// Claims jobs for a worker behind HTTP. What is claimed reaches it or goes back: a client that hangs up meanwhile loses
/// nothing, and neither does one whose reply cannot be written.
struct LeaseClaimer: Sendable {
    let store: any JobStore
    let readiness: Readiness
    let logger: Logger

    /// Claims; a wait ends early when the client hangs up or this node drains.
    func claim(_ request: ClaimRequest, for client: ClientPresence) async throws -> [Claim] {
        let claims = try await claims(request, client)
        guard !client.isGone else {
            await release(claims)
            return []
        }
        // The first one whatever its size, and what fits behind it: the reply is held in memory as a whole.
        var bytes = 0
        let kept = claims.prefix { claim in
            defer { bytes += claim.job.payload.count }
            return bytes == 0 || bytes + claim.job.payload.count <= LeaseLimits.replyBytes
        }
        await release(claims[kept.count...])
        return Array(kept)
    }

    private func claims(_ request: ClaimRequest, _ client: ClientPresence) async throws -> [Claim] {
        guard request.wait > .zero else { return try await store.claim(request) }
        return try await withThrowingTaskGroup(of: [Claim]?.self) { group in
            // Cancelled or not, what was handed out is told.
            group.addTask { try await store.claim(request) }
            group.addTask {
                await client.left()
                return nil
            }
            group.addTask {
                await readiness.drained()
                return nil
            }
            while let end = try await group.next() {
                group.cancelAll()
                if let claims = end { return claims }
            }
            return []
        }
    }

    /// A reply that hands claims over. The connection that breaks under it gives them back.
    func reply(_ json: JSONWriter, _ handover: Handover) -> Response {
        if handover.claims.isEmpty { return Response(json: json) }
        let buffer = json.buffer
        let body = ResponseBody(contentLength: buffer.readableBytes) { writer in
            try await writer.write(buffer)
            try await writer.finish(nil)
            handover.isDone.store(true, ordering: .releasing)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    /// Hands claims back; the attempts are not counted. One that cannot be handed back now runs out by itself.
    func release(_ claims: some Collection<Claim>) async {
        if claims.isEmpty { return }
        // A task of its own: this one may be cancelled by the end of its connection. Awaited right here.
        let tickets = claims.map(\.ticket)
        let failures = await Task {
            await withTaskGroup(of: Bool.self) { group in
                for ticket in tickets {
                    group.addTask { (try? await store.settle(ticket, .released)) == nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }.value
        if failures > 0 { logger.warning("claims of a client that left run out", metadata: ["jobs": "\(failures)"]) }
    }
}

/// Gives claims back unless their reply was written, also when that was never begun.
final class Handover: Sendable {
    fileprivate let isDone = Atomic(false)
    private let claimer: LeaseClaimer
    fileprivate let claims: [Claim]

    init(claimer: LeaseClaimer, claims: [Claim]) {
        self.claimer = claimer
        self.claims = claims
    }

    deinit {
        guard !claims.isEmpty, !isDone.load(ordering: .acquiring) else { return }
        let (claimer, claims) = (claimer, claims)
        // Awaited by nobody: who asked is gone, and what cannot be handed back runs out by itself.
        Task { await claimer.release(claims) }
    }
}
