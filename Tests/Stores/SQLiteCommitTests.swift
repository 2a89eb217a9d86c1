import Glibc
import RoostJobs
import RoostTestKit
import Synchronization
import Testing

@testable import RoostStores

@Suite("Group commit")
struct SQLiteCommitTests {
    /// Holds the writer's thread in a transaction until it is opened.
    private final class Gate: @unchecked Sendable {
        // A POSIX semaphore may be used by any thread.
        private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }

        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }

        func open() { sem_post(semaphore) }
        /// Once open it stays so: a call may be done again.
        func pass() {
            while sem_wait(semaphore) != 0, errno == EINTR {}
            open()
        }
    }

    /// Lets `count` calls gather behind a held transaction, then go.
    private func gathered(
        _ store: SQLiteStore, count: Int, _ call: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let gate = Gate()
        let mailbox = store.writer.committer.mailbox
        let entered = WakeSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await store.writer.write { _ throws(SQLiteFailure) in
                    entered.notify()
                    gate.pass()
                }
            }
            await entered.wait(after: 0, upTo: .seconds(10))
            for number in 0..<count { group.addTask { try await call(number) } }
            try await eventually("all calls wait") { mailbox.count == count }
            gate.open()
            try await group.waitForAll()
        }
    }

    private func waitingClaim(_ store: SQLiteStore, _ limit: Int) async throws -> [Claim] {
        try await store.claim(
            ClaimRequest(queues: ["q"], limit: limit, worker: "w", lease: .seconds(600), wait: .seconds(30)))
    }

    private func commits(_ store: SQLiteStore) -> Int { store.writer.committer.status.withLock { $0.commits } }

    @Test("64 concurrent enqueues share the commit that is on its way")
    func sharesCommit() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let before = commits(store)
            try await gathered(store, count: 64) { _ in try await store.enqueue1() }
            #expect(commits(store) - before == 1)
            #expect(try await store.counts()[.queued] == 64)
        }
    }

    @Test("a transaction takes no more calls and jobs than it may")
    func boundsTransactions() async throws {
        var configuration = SQLiteConfiguration()
        configuration.operationsPerCommit = 10
        configuration.jobsPerCommit = 20
        try await SQLiteFolder().withStore(configuration) { store async throws in
            var before = commits(store)
            // The call that holds the others up is the first of 26, and its job one of 61.
            try await gathered(store, count: 25) { _ in try await store.enqueue1() }
            #expect(commits(store) - before == 3)
            before = commits(store)
            try await gathered(store, count: 6) { _ in _ = try await store.enqueue(count: 10) }
            #expect(commits(store) - before == 4)
            before = commits(store)
            _ = try await store.enqueue(count: 500)
            #expect(commits(store) - before == 1)
        }
    }

    @Test("a job for a claim that waits is queued and handed out in one commit")
    func servesWaitingClaim() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let parked = store.writer.committer.parked
            async let claimed = waitingClaim(store, 10)
            try await eventually("the claim waits") { parked.all.count == 1 }
            let before = commits(store)
            let id = try await store.enqueue1()
            let claims = try await claimed
            #expect(claims.map(\.job.id) == [id])
            #expect(commits(store) - before == 1)
            #expect(parked.all.isEmpty)
            #expect(try await store.settle(claims[0].ticket, .done) == .settled)
            #expect(try await store.check(repair: false).findings.isEmpty)
        }
    }

    @Test("a claim that is called off while it waits gets nothing, and nothing is lost")
    func waitingClaimLeaves() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let parked = store.writer.committer.parked
            let claim = Task { try await waitingClaim(store, 10) }
            try await eventually("the claim waits") { parked.all.count == 1 }
            claim.cancel()
            #expect(try await claim.value.isEmpty)
            #expect(parked.all.isEmpty)
            let id = try await store.enqueue1()
            #expect(try await store.claims().map(\.job.id) == [id])
        }
    }

    @Test("claims that come and go while jobs come hand out each job once")
    func claimsComeAndGo() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var ids: [JobID] = []
                        while ids.count < 50 {
                            let claim = Task { try await waitingClaim(store, 3) }
                            if Bool.random() { claim.cancel() }
                            ids += try await claim.value.map(\.job.id)
                        }
                        return ids
                    }
                }
                for _ in 0..<600 { try await store.enqueue1() }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(claimed).count == claimed.count)
            #expect(try await store.counts()[.running] == claimed.count)
            #expect(store.writer.committer.parked.all.isEmpty)
        }
    }

    @Test("one call that fails does not fail those that share its transaction")
    func isolatesFailure() async throws {
        try await SQLiteFolder().withStore { store async throws in
            let clock = StoreClock()
            try await gathered(store, count: 20) { number in
                guard number == 7 else {
                    try await store.enqueue1()
                    return
                }
                await clock.expect(.invalid) {
                    try await store.writer.write { transaction throws(SQLiteFailure) in
                        try transaction.connection.execute("INSERT INTO bodies VALUES (-1, x''), (-1, x'')")
                    }
                }
            }
            #expect(try await store.counts()[.queued] == 19)
            #expect(try await store.counts().totals.enqueued == 19)
            #expect(try await store.claims().count == 19)
        }
    }

    @Test("more calls than may wait are refused as unavailable")
    func boundsMailbox() async throws {
        var configuration = SQLiteConfiguration()
        configuration.waitingOperations = 5
        try await SQLiteFolder().withStore(configuration) { store async throws in
            let clock = StoreClock()
            try await gathered(store, count: 5) { number in
                try await store.enqueue1()
            }
            let gate = Gate()
            let entered = WakeSignal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.writer.write { _ throws(SQLiteFailure) in
                        entered.notify()
                        gate.pass()
                    }
                }
                await entered.wait(after: 0, upTo: .seconds(10))
                for _ in 0..<5 { group.addTask { try await store.enqueue1() } }
                try await eventually("the mailbox is full") { store.writer.committer.mailbox.count == 5 }
                await clock.expect(.unavailable) { try await store.enqueue1() }
                gate.open()
                try await group.waitForAll()
            }
            #expect(try await store.counts()[.queued] == 10)
        }
    }

    @Test("calls on their way when the store is closed are still done, later ones refused")
    func drainsOnClose() async throws {
        let folder = try SQLiteFolder()
        let store = try SQLiteStore(path: folder.path)
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var accepted = 0
                    while (try? await store.enqueue1()) != nil { accepted += 1 }
                    return accepted
                }
            }
            try? await eventually("some were accepted") { try await store.counts().total > 20 }
            await store.close()
            return await group.reduce(0, +)
        }
        let total = try await folder.withStore { try await $0.counts().total }
        #expect(total == accepted)
    }

    @Test("the log is cut when its time has come")
    func truncatesLog() async throws {
        var configuration = SQLiteConfiguration()
        configuration.truncateInterval = .zero
        let folder = try SQLiteFolder()
        try await folder.withStore(configuration) { store async throws in
            let id = try await store.enqueue1(payload: [UInt8](repeating: 1, count: 100_000))
            try await eventually("the log is empty") { try SQLiteFolder.read(folder.path + "-wal").isEmpty }
            #expect(try await store.record(id).payload.count == 100_000)
        }
    }
}
