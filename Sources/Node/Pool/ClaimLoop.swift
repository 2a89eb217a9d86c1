import RoostJobs

/// Fills free slots: asks the store for as many jobs as there is room for, and waits for room when there is none.
struct ClaimLoop: Sendable {
    let store: any JobStore
    let pool: WorkerPool
    /// What to ask for; its `limit` is the most in one call.
    let request: ClaimRequest
    let loop: StoreLoop

    /// - Throws: `CancellationError`.
    func run() async throws {
        // No handlers: nothing this node could be asked for, and to return would count as a fault.
        while request.types?.isEmpty == true { try await loop.executor.sleep(for: .seconds(86_400)) }
        while true {
            try await pool.resumed()
            guard pool.beginClaiming() else { continue }
            // A task of its own, so that the drain can cancel a waiting claim without ending the duty, and on the global
            // executor, so that a node whose handlers block every thread does not claim more; awaited right below.
            let claimer = Task { await claim() }
            pool.attach(claimer: claimer)
            await withTaskCancellationHandler {
                await claimer.value
            } onCancel: {
                claimer.cancel()
            }
            pool.endClaiming()
        }
    }

    private func claim() async {
        // Ends by cancellation only, the one error it throws.
        try? await loop.run {
            var ask = request
            ask.limit = min(request.limit, try await pool.freeSlots())
            var claims = try await store.claim(ask)
            // As many as asked for: there are more. The store looks for them while these are started.
            while claims.count == ask.limit, let room = pool.roomAhead(of: claims.count, least: Self.leastAhead) {
                ask.limit = min(request.limit, room)
                let next = ask
                async let ahead = store.claim(next)
                pool.dispatch(claims)
                claims = try await ahead
            }
            // Cancelled or not, what was handed out is run or handed back.
            pool.dispatch(claims)
        }
    }

    /// A call for fewer would cost more than it gains by coming early.
    private static let leastAhead = 50
}
