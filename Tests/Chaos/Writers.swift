import Synchronization

/// Clients that give jobs to a queue that nobody serves, and what they were told.
final class Writers: Sendable {
    /// A job that was acknowledged.
    struct Receipt: Sendable {
        let job: String
        let at: Moment
    }

    private let acknowledged = Mutex<[Receipt]>([])
    private let isOver = Mutex(false)

    /// All of them, oldest first.
    var receipts: [Receipt] { acknowledged.withLock { $0 } }

    /// Four of them write until they are told to stop, or nobody answers.
    func write(to client: JobClient, round: Int, pause: Duration = .zero) async {
        isOver.withLock { $0 = false }
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    var count = 0
                    while !self.isOver.withLock({ $0 }) {
                        count += 1
                        let op = "write-\(round)-\(lane)-\(count)"
                        let submit = await client.submit(WorkItem(op: op, seconds: 0, queue: "kept"))
                        guard case .ok(let job) = submit.answer else { return }
                        self.acknowledged.withLock { $0.append(Receipt(job: job, at: submit.at)) }
                        if pause > .zero { try? await Task.sleep(for: pause) }
                    }
                }
            }
        }
    }

    func stop() { isOver.withLock { $0 = true } }

    /// What is known to be lost is not asked for again.
    func forget(_ jobs: Set<String>) { acknowledged.withLock { list in list.removeAll { jobs.contains($0.job) } } }

    /// Waits until so many more were acknowledged.
    func grow(by count: Int, from start: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while acknowledged.withLock({ $0.count }) < start + count {
            guard ContinuousClock.now < deadline else { throw Stall() }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    struct Stall: Error {}

    /// Those of the jobs that are not there.
    static func missing(_ receipts: some Sequence<Receipt>, _ client: JobClient) async throws -> [Receipt] {
        var missing: [Receipt] = []
        for receipt in receipts {
            var poll = await client.poll(receipt.job)
            for _ in 0..<100 where poll == nil {
                try await Task.sleep(for: .milliseconds(100))
                poll = await client.poll(receipt.job)
            }
            if poll?.state == nil { missing.append(receipt) }
        }
        return missing
    }
}
