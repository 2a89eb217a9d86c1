internal import NIOCore

/// The calls that wait for an answer. A closed table takes no more, so that nothing waits for ever.
struct PendingCalls: Sendable {
    typealias Answer = Result<ByteBuffer, MeshError>

    struct Call: Sendable {
        var waiter: CheckedContinuation<Answer, Never>
        var deadline: NIODeadline
    }

    private var calls: [UInt64: Call] = [:]
    private var isClosed = false
    let maximum: Int

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Nil when the waiter is kept, else why not.
    mutating func add(
        _ waiter: CheckedContinuation<Answer, Never>, as number: UInt64, deadline: NIODeadline
    ) -> MeshError? {
        if isClosed { return .connectionLost(maybeDelivered: false) }
        if calls.count >= maximum { return .overloaded }
        calls[number] = Call(waiter: waiter, deadline: deadline)
        return nil
    }

    /// When the first of them is over; nil when none waits.
    var firstDeadline: NIODeadline? { calls.values.lazy.map(\.deadline).min() }

    /// Takes those whose time is over.
    mutating func takeExpired(_ now: NIODeadline) -> [Call] {
        let expired = calls.filter { $0.value.deadline <= now }
        for number in expired.keys { calls[number] = nil }
        return Array(expired.values)
    }

    /// The waiter of an answer; nil when it gave up, or never was.
    mutating func take(_ number: UInt64) -> Call? {
        calls.removeValue(forKey: number)
    }

    /// All waiters; later ones are refused.
    mutating func close() -> [Call] {
        isClosed = true
        defer { calls = [:] }
        return Array(calls.values)
    }
}
