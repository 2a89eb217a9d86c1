import Synchronization

@testable import RoostCluster

/// A registry that can be told to fail.
final class FailingRegistry: Registry {
    private struct Failure: Error {}
    private let inner = MemoryRegistry()
    private let isFailing = Mutex(false)

    func fail(_ fails: Bool) { isFailing.withLock { $0 = fails } }

    private func check() throws { if isFailing.withLock({ $0 }) { throw Failure() } }

    func beat(_ me: Member, report: MemberReport, ttl: Duration) async throws -> RegistryView {
        try check()
        return try await inner.beat(me, report: report, ttl: ttl)
    }

    func members() async throws -> RegistryView {
        try check()
        return try await inner.members()
    }

    func leave(_ me: Member) async throws {
        try check()
        try await inner.leave(me)
    }

    func fence(_ victim: MemberID, by me: Member) async throws {
        try check()
        try await inner.fence(victim, by: me)
    }

    func watch(_ onChange: @escaping @Sendable () -> Void) async throws { try await inner.watch(onChange) }
}
