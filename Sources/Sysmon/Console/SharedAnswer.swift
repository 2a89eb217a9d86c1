import FoundationEssentials
import Synchronization

/// An answer that is asked for anew only when somebody wants it and it is old: what is asked costs the same with one
/// console open and with a hundred.
final class SharedAnswer: Sendable {
    private struct State {
        var json: [UInt8]
        var asked: ContinuousClock.Instant?
    }

    private let ask: @Sendable () async throws -> [UInt8]
    private let interval: Duration
    private let state: Mutex<State>

    /// An answer that is `empty` before the first was had, and asked for at most once in `interval`.
    init(_ empty: String, interval: Duration, ask: @escaping @Sendable () async throws -> [UInt8]) {
        self.ask = ask
        self.interval = interval
        state = Mutex(State(json: Array(empty.utf8)))
    }

    /// JSON. While one caller asks, and when asking fails, it is what was known before.
    func json() async -> [UInt8] {
        let now = ContinuousClock.now
        let isMine = state.withLock { state in
            if let asked = state.asked, now - asked < interval { return false }
            state.asked = now
            return true
        }
        if isMine, let json = try? await ask() { state.withLock { $0.json = json } }
        return state.withLock { $0.json }
    }

    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
