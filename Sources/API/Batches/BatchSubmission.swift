import HTTPTypes
import RoostJobs

/// Opens, fills and closes a batch; may be repeated when the request has a key.
struct BatchSubmission {
    let store: any JobStore
    let plan: BatchPlan
    let batch: NewBatch
    let key: IdempotencyKey?
    /// Whether more members may come.
    var staysOpen = false

    /// What was accepted.
    struct Accepted {
        var status: BatchStatus
        /// The members' ids, in the order they were given.
        var ids: [JobID]
        /// Whether an earlier call did it.
        var isRepeated = false
    }

    func run() async throws(APIError) -> Accepted {
        if let earlier = try await earlier() { return earlier }
        try await checkRoom()
        let status = try await open()
        let ids =
            key == nil
            ? plan.keys.map { _ in JobIDGenerator.shared.next() }
            : BatchIDs.members(of: batch.id, openedAt: status.openedAt, count: plan.count)
        let filling: Filling
        do throws(StoreError) {
            filling = try await fill(plan.jobs(ids: ids, batch: batch.id))
        } catch {
            // Somebody with the same request was faster and closed it.
            if error.code == .invalid, let earlier = try await earlier() { return earlier }
            throw APIError(error, .submit)
        }
        switch filling {
        case .done: break
        case .mismatched:
            try await giveUp([])
            throw .mismatched
        case .full(let queue, let isEmpty):
            // Nothing was accepted: a repeat with the same key finds the batch open and goes on.
            if key == nil || !isEmpty { try await giveUp(ids) }
            throw .full(queue)
        }
        if staysOpen { return Accepted(status: status, ids: ids) }
        let closed = try await told(.submit) { () throws(StoreError) in try await store.closeBatch(batch.id) }
        guard let closed else { throw APIError(StoreError(.unknown, ""), .submit) }
        return Accepted(status: closed, ids: ids)
    }

    /// What an earlier call with the same key and bytes has made.
    private func earlier() async throws(APIError) -> Accepted? {
        guard key != nil,
            let status = try await told(.submit, { () throws(StoreError) in try await store.batch(batch.id) }),
            staysOpen || !status.isOpen
        else { return nil }
        if staysOpen {
            // All of its members, or the earlier call did not come to an end.
            guard status.total >= plan.count, plan.count > 0 || !status.isOpen else { return nil }
            let ids = BatchIDs.members(of: batch.id, openedAt: status.openedAt, count: plan.count)
            return Accepted(status: status, ids: ids, isRepeated: true)
        }
        // One without members was made and left by a call whose key stood for another request.
        if status.total == 0 { throw .mismatched }
        guard status.total == plan.count else {
            throw APIError(.conflict, "This batch was given up, because a queue was full: send it with another key")
        }
        let ids = BatchIDs.members(of: batch.id, openedAt: status.openedAt, count: plan.count)
        return Accepted(status: status, ids: ids, isRepeated: true)
    }

    /// Refuses a batch that has no room, before anything is written. Should the room be gone a moment later, the batch is
    /// given up: half a graph is of no use.
    private func checkRoom() async throws(APIError) {
        let queues = try await told(.submit) { () throws(StoreError) in try await store.queues() }
        let wanted = plan.queues
        for queue in queues {
            guard let count = wanted[queue.name] else { continue }
            let waiting = (queue.counts[.scheduled] ?? 0) + (queue.counts[.queued] ?? 0)
            if waiting + count > queue.settings.quota ?? JobLimits.queueQuota { throw .full(queue.name) }
        }
    }

    private func open() async throws(APIError) -> BatchStatus {
        let status = try await told(.submit) { () throws(StoreError) -> BatchStatus? in
            try await store.openBatch(batch)
            return key == nil ? BatchStatus(batch, openedAt: .now()) : try await store.batch(batch.id)
        }
        guard let status else { throw APIError(StoreError(.unknown, ""), .submit) }
        return status
    }

    private enum Filling {
        case done
        case mismatched
        case full(queue: String, isEmpty: Bool)
    }

    /// Gives the members to the store. With a key the first one carries it: when the key stands for another request,
    /// nothing of this one is accepted.
    private func fill(_ jobs: [NewJob]) async throws(StoreError) -> Filling {
        var rest = jobs[...]
        if let key, var first = rest.popFirst() {
            first.idempotency = key
            switch try await store.enqueue([first]).first {
            case .mismatched: return .mismatched
            case .full(let queue): return .full(queue: queue, isEmpty: true)
            default: break
            }
        }
        let results = rest.isEmpty ? [] : try await store.enqueue(Array(rest))
        for case .full(let queue) in results { return .full(queue: queue, isEmpty: false) }
        return .done
    }

    /// Calls everything off that was accepted.
    private func giveUp(_ ids: [JobID]) async throws(APIError) {
        try await told(.submit) { () throws(StoreError) in
            // First what follows: closing the batch would let it go.
            for follower in [batch.onComplete, batch.onSuccess].compactMap({ $0 }) {
                _ = try await store.delete(follower.id)
            }
            for id in ids { _ = try await store.cancel(id, reason: "its batch was given up: a queue was full") }
            _ = try await store.closeBatch(batch.id)
        }
    }
}
