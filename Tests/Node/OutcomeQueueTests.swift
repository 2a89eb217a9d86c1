import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("outcomes on their way")
struct OutcomeQueueTests {
    private func attempt(_ token: UInt64) -> Attempt {
        let job = JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil)
        return Attempt(Claim(job: job, token: token), slot: 0, now: .now)
    }

    private func tokens(_ ends: [OutcomeQueue.End]?) -> [UInt64]? { ends?.map(\.attempt.claim.ticket.token) }

    @Test("the first two bring theirs at once, what comes meanwhile leaves together in order")
    func gathers() {
        let queue = OutcomeQueue()
        #expect(queue.add(attempt(1), .done))
        #expect(tokens(queue.next()) == [1])
        #expect(queue.add(attempt(2), .done))
        #expect(tokens(queue.next()) == [2])
        for token in 3...9 { #expect(!queue.add(attempt(UInt64(token)), .done)) }
        #expect(tokens(queue.next()) == Array(3...9))
        #expect(tokens(queue.next()) == nil)
        #expect(tokens(queue.next()) == nil)
        #expect(queue.add(attempt(10), .done))
    }

    @Test("a call carries a bounded number, and what is left goes with the next")
    func bounded() {
        let queue = OutcomeQueue()
        for token in 1...1200 { _ = queue.add(attempt(UInt64(token)), .done) }
        #expect([queue.next(), queue.next(), queue.next()].map { $0?.count } == [500, 500, 200])
    }

    @Test("when the store is away all who wait are taken out of the line")
    func away() {
        let queue = OutcomeQueue()
        for token in 1...3 { _ = queue.add(attempt(UInt64(token)), .done) }
        #expect(tokens(queue.takeAll()) == [1, 2, 3])
        #expect(queue.takeAll().isEmpty)
    }
}
