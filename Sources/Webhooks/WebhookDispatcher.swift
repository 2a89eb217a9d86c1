public import Logging
public import RoostJobs

/// Makes a delivery job of every end that a webhook wants to be told of. Several may work at once, and one may stop at
/// any point: ends are forgotten only when their deliveries are jobs, and those have ids that are the same for everybody.
public struct WebhookDispatcher: Sendable {
    let store: any JobStore
    let rules: WebhookRules
    private let book: WebhookBook
    private let logger: Logger

    /// Of several dispatchers one does the work for this long, then whoever is first: it would only be done again.
    private static let turn = Duration.seconds(2)
    /// Whose turn it is.
    private static let meter = "roost.webhooks.dispatch"
    /// Deliveries made in one call to the store.
    private static let enqueuedAtOnce = 500
    /// Records read at a time.
    private static let readAtOnce = 16

    /// A dispatcher that does nothing until `run()`.
    public init(store: any JobStore, rules: WebhookRules, logger: Logger) {
        self.store = store
        self.rules = rules
        self.logger = logger
        book = WebhookBook(store: store, rules: rules)
    }

    /// Works until cancelled.
    /// - Throws: `CancellationError`, and what keeps the store from working: call it again after a while.
    public func run() async throws {
        var turnEnds = ContinuousClock.now
        while true {
            try Task.checkCancellation()
            let ends = try await store.ends(limit: rules.batch, wait: rules.wait)
            try Task.checkCancellation()
            if ends.isEmpty {
                try await lookAround()
            } else if ContinuousClock.now < turnEnds {
                try await dispatch(ends)
            } else {
                let turn = try await store.spend(1, of: Self.meter, limit: 1, period: Self.turn)
                if turn.isGranted {
                    turnEnds = .now + turn.resetsIn
                    try await dispatch(ends)
                } else {
                    try await Task.sleep(for: min(max(.milliseconds(10), turn.resetsIn), Self.turn))
                }
            }
        }
    }

    /// Makes the deliveries of these ends, then forgets the ends.
    func dispatch(_ ends: [JobEnd]) async throws(StoreError) {
        guard let last = ends.last else { return }
        let webhooks = try await book.all().filter(\.isEnabled)
        // Only what was seen: a webhook that is added now wants what comes after. `remove` and `change` switch off.
        if webhooks.isEmpty { return try await store.forgetEnds(through: last.position) }
        let jobs = try await records(Set(ends.map(\.id)))
        let now = Timestamp.now()
        let deliveries = ends.flatMap { self.deliveries(of: $0, jobs[$0.id], to: webhooks, now: now) }
        for start in stride(from: 0, to: deliveries.count, by: Self.enqueuedAtOnce) {
            let some = Array(deliveries[start..<min(start + Self.enqueuedAtOnce, deliveries.count)])
            for case .full(let queue) in try await store.enqueue(some) {
                throw StoreError(.unavailable, "queue \(queue) is full: deliveries wait")
            }
        }
        try await store.forgetEnds(through: last.position)
        if !deliveries.isEmpty {
            logger.debug("webhook deliveries made", metadata: ["ends": "\(ends.count)", "jobs": "\(deliveries.count)"])
        }
    }

    private func deliveries(of end: JobEnd, _ job: JobRecord?, to webhooks: [Webhook], now: Timestamp) -> [NewJob] {
        guard let event = WebhookEvent(end.state) else { return [] }
        // The end of a delivery is told to nobody: that would have no end.
        if job.map({ $0.type == DeliveryOrder.type }) ?? DeliveryID.isDelivery(end.id) { return [] }
        let wanted = webhooks.filter { $0.filter.passes(event, job) }
        if wanted.isEmpty { return [] }
        let body = EventBody.end(event, of: end.id, job, now: now, resultBytes: rules.resultBytes)
        return wanted.map { webhook in
            let id = DeliveryID.of(end, to: webhook.id)
            let order = DeliveryOrder(
                webhook: webhook.id, message: DeliveryOrder.message(id), event: event.rawValue, job: end.id,
                isForced: false, body: body)
            return order.newJob(id: id, rules: rules)
        }
    }

    /// The jobs that ended, as far as they are still kept.
    private func records(_ ids: Set<JobID>) async throws(StoreError) -> [JobID: JobRecord] {
        let store = store
        let results = await withTaskGroup(of: Result<JobRecord?, StoreError>.self) { group in
            var results: [Result<JobRecord?, StoreError>] = []
            var rest = ids.makeIterator()
            func readNext() {
                guard let id = rest.next() else { return }
                group.addTask {
                    do throws(StoreError) { return .success(try await store.job(id)) } catch {
                        // One that cannot be read must not keep the others from being told.
                        return error.code == .corrupt ? .success(nil) : .failure(error)
                    }
                }
            }
            for _ in 0..<Self.readAtOnce { readNext() }
            for await result in group {
                results.append(result)
                readNext()
            }
            return results
        }
        var records: [JobID: JobRecord] = [:]
        for result in results {
            if let job = try result.get() { records[job.id] = job }
        }
        return records
    }

    /// Nothing ended for a while. Should the feed be off although somebody wants it, it is switched on.
    private func lookAround() async throws(StoreError) {
        if try await book.all().contains(where: \.isEnabled) { try await store.keepEnds(true) }
    }
}
