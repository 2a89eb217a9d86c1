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
            let answer = await answer(to: ask)
            // As many as asked for: there are more.
            if answer.isFull { return try await goOn(from: answer) }
            // Cancelled or not, what was handed out is run or handed back.
            pool.dispatch(answer.claims, of: answer.ask.receipt)
            if let failure = answer.failure { throw failure }
        }
    }

    /// Calls under way while there is a backlog: the store works on one while the other's answer comes and its jobs start.
    private static let calls = 2
    /// Calls until the loop is told that all is well, so that it knows of each outage, and old cancel hints are forgotten.
    private static let mostCalls = 100
    /// A call for fewer jobs would cost more than it gains by coming early.
    private var least: Int { min(100, max(1, request.limit / 2)) }

    private struct Answer: Sendable {
        let ask: ClaimRequest
        var claims: [Claim] = []
        var failure: StoreError?
        /// Whether there may be more.
        var isFull: Bool { claims.count == ask.limit }
    }

    /// Runs these and claims more as long as every answer is full and there is room for more.
    private func goOn(from first: Answer) async throws {
        let failure = await withTaskGroup(of: Answer.self) { group in
            var (answer, underWay, calls, made) = (first, 0, 0, 0)
            var (isBacklog, failure) = (true, StoreError?.none)
            while true {
                while isBacklog, calls < Self.calls, made < Self.mostCalls, !Task.isCancelled,
                    let room = pool.roomAhead(of: answer.claims.count + underWay, least: least)
                {
                    var ask = request
                    ask.limit = min(request.limit, room)
                    // The one call that waits for jobs is made when there are none.
                    ask.wait = .zero
                    (calls, made, underWay) = (calls + 1, made + 1, underWay + ask.limit)
                    group.addTask { [ask] in await self.answer(to: ask) }
                }
                pool.dispatch(answer.claims, of: answer.ask.receipt)
                guard let next = await group.next() else { break }
                answer = next
                (calls, underWay) = (calls - 1, underWay - answer.ask.limit)
                failure = answer.failure ?? failure
                if !answer.isFull { isBacklog = false }
            }
            return failure
        }
        if let failure { throw failure }
    }

    /// Claims as asked. The leases of what the store notes on the receipt are kept from then on, also while handlers hold
    /// every thread that could run this or what follows.
    private func answer(to ask: ClaimRequest) async -> Answer {
        var ask = ask
        ask.receipt = pool.receipt()
        do throws(StoreError) {
            return Answer(ask: ask, claims: try await store.claim(ask))
        } catch {
            return Answer(ask: ask, failure: error)
        }
    }
}
