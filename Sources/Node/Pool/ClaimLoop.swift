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
            let claims = try await store.claim(ask)
            // As many as asked for: there are more.
            if claims.count == ask.limit { return try await goOn(from: claims) }
            // Cancelled or not, what was handed out is run or handed back.
            pool.dispatch(claims)
        }
    }

    /// Calls under way while there is a backlog: the store works on one while the other's answer comes and its jobs start.
    private static let calls = 2
    /// Calls until the loop is told that all is well, so that it knows of each outage, and old cancel hints are forgotten.
    private static let mostCalls = 100
    /// A call for fewer jobs would cost more than it gains by coming early.
    private var least: Int { min(100, max(1, request.limit / 2)) }

    private struct Answer: Sendable {
        let asked: Int
        let given: Result<Int, StoreError>
    }

    /// Runs these and claims more as long as every answer is full and there is room for more.
    private func goOn(from first: [Claim]) async throws {
        let failure = await withTaskGroup(of: Answer.self) { group in
            var (waiting, underWay, calls, made, failure) = (first, 0, 0, 0, StoreError?.none)
            var isBacklog = true
            while true {
                while isBacklog, calls < Self.calls, made < Self.mostCalls, !Task.isCancelled,
                    let room = pool.roomAhead(of: waiting.count + underWay, least: least)
                {
                    var ask = request
                    ask.limit = min(request.limit, room)
                    // The one call that waits for jobs is made when there are none.
                    ask.wait = .zero
                    (calls, made, underWay) = (calls + 1, made + 1, underWay + ask.limit)
                    // On the node's thread: what the store hands out has its lease kept from then on, also while the
                    // handlers of the jobs before it hold every thread of the global executor. To ask for more waits
                    // for one of those.
                    group.addTask(executorPreference: pool.parts.executor) { [ask] in await dispatch(ask) }
                }
                if !waiting.isEmpty { pool.dispatch(waiting) }
                waiting = []
                guard let answer = await group.next() else { break }
                (calls, underWay) = (calls - 1, underWay - answer.asked)
                switch answer.given {
                case .success(let count): if count < answer.asked { isBacklog = false }
                case .failure(let error): (isBacklog, failure) = (false, error)
                }
            }
            return failure
        }
        if let failure { throw failure }
    }

    /// Claims as asked, and runs what that brings.
    private func dispatch(_ ask: ClaimRequest) async -> Answer {
        do throws(StoreError) {
            let claims = try await store.claim(ask)
            pool.dispatch(claims)
            return Answer(asked: ask.limit, given: .success(claims.count))
        } catch {
            pool.dispatch([])
            return Answer(asked: ask.limit, given: .failure(error))
        }
    }
}
