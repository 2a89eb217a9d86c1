import RoostJobs

/// The jobs a benchmark gives: about 100 bytes of JSON for a handler that does nothing.
enum BenchJobs {
    static let type = "noop"
    static let queue = "bench"
    /// Calls in flight where many give jobs at once.
    static let callers = 64
    /// Jobs in one call where one gives many.
    static let bulk = 1000

    /// A job; `sent` goes with it, for measuring how late it starts.
    static func job(_ number: Int, sent: Int64 = 0) -> NewJob {
        NewJob(type: type, queue: queue, payload: Array(payload(number, sent: sent).utf8), resultTTL: .seconds(600))
    }

    static func payload(_ number: Int, sent: Int64) -> String {
        "{\"id\":\(1_000_000 + number),\"t\":\(sent),\"to\":\"user-1234567@example.com\",\"tpl\":\"welcome-email-v2\",\"n\":42}"
    }

    /// What `job` wrote as `t`; nil for 0.
    static func sent(_ payload: [UInt8]) -> Int64? {
        guard
            let colon = payload.indices.dropFirst(4).first(where: { payload[$0 - 4..<$0].elementsEqual("\"t\":".utf8) })
        else { return nil }
        let digits = payload[colon...].prefix { $0 >= 0x30 && $0 <= 0x39 }
        return Int64(String(decoding: digits, as: UTF8.self)).flatMap { $0 == 0 ? nil : $0 }
    }

    /// One after the other.
    static func enqueueOneByOne(_ count: Int, to store: any JobStore) async throws {
        for number in 0..<count { try await accepted(store.enqueue([job(number)]), 1) }
    }

    /// One job a call, as many calls at once as there are callers.
    static func enqueueConcurrently(_ count: Int, to store: any JobStore) async throws {
        try await concurrently(count) { try await accepted(store.enqueue([job($0)]), 1) }
    }

    /// Each caller does its share, one after the other.
    static func concurrently(_ count: Int, _ body: @escaping @Sendable (_ number: Int) async throws -> Void)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask { for number in stride(from: caller, to: count, by: callers) { try await body(number) } }
            }
            try await group.waitForAll()
        }
    }

    /// A thousand a call, a few calls at once.
    static func enqueueInBulk(_ count: Int, to store: any JobStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<4 {
                group.addTask {
                    for start in stride(from: lane * bulk, to: count, by: 4 * bulk) {
                        let jobs = (start..<min(count, start + bulk)).map { job($0) }
                        try await accepted(store.enqueue(jobs), jobs.count)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func accepted(_ results: [Enqueued], _ count: Int) throws(Failure) {
        guard results.count == count, results.allSatisfy({ if case .accepted = $0 { true } else { false } }) else {
            throw Failure(.unavailable, "the store refused a job")
        }
    }
}
