import Glibc
public import RoostJobs
import Synchronization

extension SQLiteStore {
    /// Free bytes below which an operator should know.
    private static let scarceBytes: UInt64 = 256 << 20

    /// Whether the writer's thread answers and the disk takes writes; answers within a second, also when neither does.
    public func health() async -> StoreHealth {
        let start = ContinuousClock.now
        let answers = await writerAnswers(within: .milliseconds(900))
        let status = writer.committer.status.withLock { $0 }
        var warnings: [String] = []
        if let failure = status.failure { warnings.append("the last write failed: \(failure.message)") }
        if let free = freeBytes(), free < Self.scarceBytes {
            warnings.append("only \(free >> 20) MiB of disk are free")
        }
        if !answers, !writer.isClosed { warnings.append("the disk has not answered for a second") }
        return StoreHealth(
            description: "sqlite:\(path) \(SQLiteConnection.version)", isReachable: answers && status.failure == nil,
            durability: "fsync", warnings: warnings, latency: answers ? ContinuousClock.now - start : nil)
    }

    /// Whether the writer's thread does a call in time. After a failure the call writes, to see whether writing works
    /// again; otherwise it costs no sync.
    private func writerAnswers(within limit: Duration) async -> Bool {
        let answered = WakeSignal()
        let probe = SQLiteProbe(writes: writer.committer.status.withLock { $0.failure != nil }, answered: answered)
        guard (try? writer.committer.mailbox.put(probe)) != nil else { return false }
        await answered.wait(after: 0, upTo: limit)
        return answered.generation > 0
    }

    private func freeBytes() -> UInt64? {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return nil }
        return UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize)).partialValue
    }
}

/// A call that only asks whether the writer's thread is there.
private struct SQLiteProbe: SQLiteOperation {
    let writes: Bool
    let answered: WakeSignal

    var jobs: Int { 0 }

    func perform(_ transaction: SQLiteTransaction) throws(SQLiteFailure) {
        if writes { try transaction.saveFigures() }
    }

    func answer(_ error: StoreError?) { answered.notify() }
}
