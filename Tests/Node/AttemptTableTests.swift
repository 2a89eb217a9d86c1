import RoostJobs
import Testing

@testable import RoostNode

@Suite("slots of a pool")
struct AttemptTableTests {
    let start = ContinuousClock.now

    private func claim(_ token: UInt64, timeout: Duration = .seconds(10)) -> Claim {
        var job = JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil)
        job.timeout = timeout
        return Claim(job: job, token: token)
    }

    @Test("a handler that ends in time decides its outcome, and its slot is free while that is on its way")
    func handlerDecides() {
        var table = AttemptTable(capacity: 2)
        let attempt = table.begin([claim(1)], now: start).attempts[0]
        #expect(table.free == 1)
        let mine = table.handlerReturned(attempt, with: .done)
        #expect(mine == .done)
        #expect(table.free == 2)
        #expect(table.unsettled == 1)
        let again = table.handlerReturned(attempt, with: .done)
        #expect(again == nil)
        #expect(table.free == 2)
        table.settled(attempt, .settled(.done))
        #expect(table.free == 2)
        #expect(table.counters.processed == 1)
        #expect(table.unsettled == 0)
    }

    @Test("the deadline takes the outcome, and a late handler finds it taken")
    func deadlineDecides() {
        var table = AttemptTable(capacity: 1)
        let attempt = table.begin([claim(1)], now: start).attempts[0]
        #expect(table.expire(now: start + .seconds(9)).taken.isEmpty)
        #expect(table.expire(now: start + .seconds(10)).taken.count == 1)
        #expect(table.expire(now: start + .seconds(11)).taken.isEmpty)
        table.settled(attempt, .settled(.retry(after: .zero, error: "timed out")))
        #expect(table.stuck == 1)
        #expect(table.free == 0)
        let mine = table.handlerReturned(attempt, with: .done)
        #expect(mine == nil)
        #expect(table.free == 1)
        #expect(table.counters.retried == 1)
    }

    @Test("a handler that ends while its taken outcome is being settled changes nothing")
    func handlerEndsWhileSettling() {
        var table = AttemptTable(capacity: 1)
        let attempt = table.begin([claim(1)], now: start).attempts[0]
        _ = table.expire(now: start + .seconds(10))
        let mine = table.handlerReturned(attempt, with: .done)
        #expect(mine == nil)
        #expect(table.free == 1)
        #expect(table.tickets.count == 1)
        table.settled(attempt, .settled(.failed(error: "timed out")))
        #expect(table.free == 1)
        #expect(table.stuck == 0)
    }

    @Test("a slot used again is not disturbed by what its former attempt still does")
    func formerAttempt() {
        var table = AttemptTable(capacity: 1)
        let former = table.begin([claim(1)], now: start).attempts[0]
        _ = table.handlerReturned(former, with: .done)
        table.settled(former, .settled(.done))
        let current = table.begin([claim(2)], now: start).attempts[0]
        #expect(current.slot == former.slot)
        table.settled(former, .leaseLost)
        let mine = table.handlerReturned(former, with: .done)
        #expect(mine == nil)
        #expect(table.unsettled == 1)
        #expect(table.counters.leaseLost == 0)
    }

    @Test("a lost lease ends what runs, but what is being settled hears it from the store")
    func lostLeases() {
        var table = AttemptTable(capacity: 2)
        let attempts = table.begin([claim(1), claim(2)], now: start).attempts
        _ = table.handlerReturned(attempts[1], with: .done)
        let lost = table.lose(Set(attempts.map(\.claim.ticket)))
        #expect(lost.map(\.attempt.claim.ticket.token) == [1])
        #expect(table.counters.leaseLost == 1)
        #expect(table.tickets.map(\.token) == [2])
    }

    @Test("only a deadline before the awaited one asks for a new alarm")
    func alarms() {
        var table = AttemptTable(capacity: 4)
        #expect(table.begin([claim(1)], now: start).mustRearm)
        #expect(!table.begin([claim(2)], now: start + .seconds(1)).mustRearm)
        #expect(table.begin([claim(3, timeout: .seconds(2))], now: start + .seconds(1)).mustRearm)
        #expect(table.expire(now: start + .seconds(3)).next == start + .seconds(10))
    }

    @Test("claims beyond the capacity are kept, not dropped")
    func beyondCapacity() {
        var table = AttemptTable(capacity: 1)
        let attempts = table.begin([claim(1), claim(2)], now: start).attempts
        #expect(table.free == 0)
        #expect(table.busy == 2)
        for attempt in attempts {
            _ = table.handlerReturned(attempt, with: .done)
            table.settled(attempt, .settled(.done))
        }
        #expect(table.free == 1)
    }

    @Test("as many outcomes as slots may be on their way beside what runs, and no more")
    func outcomesOnTheirWay() {
        var table = AttemptTable(capacity: 2)
        let first = table.begin([claim(1), claim(2)], now: start).attempts
        for attempt in first { _ = table.handlerReturned(attempt, with: .done) }
        #expect(table.free == 2)
        let second = table.begin([claim(3), claim(4)], now: start).attempts
        #expect(table.free == 0)
        _ = table.handlerReturned(second[0], with: .done)
        #expect(table.free == 0)
        #expect(table.busy == 2)
        table.settled(first[0], .settled(.done))
        #expect(table.free == 1)
        _ = table.handlerReturned(second[1], with: .done)
        #expect(table.free == 1)
        for attempt in [first[1]] + second { table.settled(attempt, .settled(.done)) }
        #expect(table.free == 2)
        #expect(table.unsettled == 0)
    }

    @Test("what is handed back at once takes no slot of a handler")
    func handedBackAtOnce() {
        var table = AttemptTable(capacity: 2)
        let attempts = table.beginReleasing([claim(1), claim(2)], now: start)
        #expect(table.free == 2)
        #expect(table.unsettled == 2)
        for attempt in attempts { table.settled(attempt, .settled(.released)) }
        #expect(table.unsettled == 0)
        #expect(table.counters.released == 2)
    }

    @Test("a handler's task that is attached after its outcome was taken is to be cancelled")
    func lateAttach() {
        var table = AttemptTable(capacity: 2)
        let attempts = table.begin([claim(1), claim(2)], now: start).attempts
        _ = table.take { $0.claim.ticket.token == 1 }
        let task = Task {}
        let cancels = attempts.map { table.attach(task, to: $0) }
        #expect(cancels == [true, false])
    }

    @Test("a cancelled attempt has a grace time, ends as cancelled whatever its handler throws, and is cancelled once")
    func cancels() {
        var table = AttemptTable(capacity: 2)
        let attempts = table.begin([claim(1), claim(2, timeout: .seconds(1))], now: start).attempts
        let task = Task {}
        for attempt in attempts { _ = table.attach(task, to: attempt) }
        let first = table.cancel(reason: "why", until: start + .seconds(5)) { _ in true }
        #expect(first.runs && first.tasks.count == 2 && !first.mustRearm)
        let again = table.cancel(reason: "other", until: start) { _ in true }
        #expect(again.runs && again.tasks.isEmpty)
        let outcome = table.handlerReturned(attempts[0], with: .failed(error: "CancellationError()"))
        #expect(outcome == .cancelled(reason: "why"))
        // The other's deadline comes before the grace is over.
        let late = table.expire(now: start + .seconds(1)).taken
        #expect(late.map(\.cancelReason) == ["why"])
        #expect(!table.cancel(reason: "late", until: start) { _ in true }.runs)
    }

    @Test("a result that comes in spite of a cancel counts")
    func resultInSpiteOfCancel() {
        var table = AttemptTable(capacity: 1)
        let attempt = table.begin([claim(1)], now: start).attempts[0]
        _ = table.cancel(reason: "why", until: start + .seconds(5)) { _ in true }
        let outcome = table.handlerReturned(attempt, with: .done)
        #expect(outcome == .done)
    }

    @Test("a cancel before the handler's task is known cancels it when it is")
    func cancelBeforeAttach() {
        var table = AttemptTable(capacity: 1)
        let attempt = table.begin([claim(1)], now: start).attempts[0]
        let found = table.cancel(reason: "why", until: start + .seconds(5)) { _ in true }
        #expect(found.tasks.isEmpty && found.mustRearm)
        let cancels = table.attach(Task {}, to: attempt)
        #expect(cancels)
        #expect(table.expire(now: start + .seconds(5)).taken.count == 1)
    }

    @Test("an attempt's time ends at the job's deadline, by the store's clock")
    func jobDeadline() {
        var job = JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil)
        job.timeout = .seconds(300)
        // A store whose clock is far from ours.
        job.startedAt = moment("2001-01-01T00:00:00Z")
        job.deadline = moment("2001-01-01T00:00:07Z")
        let attempt = Attempt(Claim(job: job, token: 1), slot: 0, now: start)
        #expect(attempt.deadline == start + .seconds(7))
        #expect(attempt.isCutShort)
        job.deadline = moment("2001-01-01T01:00:00Z")
        let other = Attempt(Claim(job: job, token: 1), slot: 0, now: start)
        #expect(other.deadline == start + .seconds(300))
        #expect(!other.isCutShort)
    }

    @Test("a timeout of any size is a deadline", arguments: [Duration.zero, .seconds(-5), .seconds(Int64.max)])
    func anyTimeout(_ timeout: Duration) {
        var table = AttemptTable(capacity: 1)
        let attempt = table.begin([claim(1, timeout: timeout)], now: start).attempts[0]
        #expect(attempt.deadline > start)
    }
}

extension Outcome {
    fileprivate static let done = Outcome.succeeded(result: [])
}
