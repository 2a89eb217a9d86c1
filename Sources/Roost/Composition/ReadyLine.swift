import Synchronization

/// Says once that everything listens: `roost ROLE ready …` with the addresses. On standard output, or on standard error
/// where that is for data.
final class ReadyLine: Sendable {
    private struct State {
        var waitingFor: Set<String>
        var parts: [String: String] = [:]
        var isDone = false
    }

    private let role: String
    private let order: [String]
    private let state: Mutex<State>
    private let onError: Bool

    /// A line for a role that is ready once each of `parts` has been reported.
    init(role: String, parts: [String], onError: Bool) {
        self.role = role
        order = parts
        state = Mutex(State(waitingFor: Set(parts)))
        self.onError = onError
    }

    /// One part listens.
    func report(_ part: String, _ address: String) {
        let line = state.withLock { state -> String? in
            state.waitingFor.remove(part)
            state.parts[part] = address
            guard state.waitingFor.isEmpty, !state.isDone else { return nil }
            state.isDone = true
            return "roost \(role) ready "
                + order.compactMap { part in state.parts[part].map { "\(part)=\($0)" } }
                .joined(separator: " ")
        }
        guard let line else { return }
        if onError { Console.error(line) } else { Console.print(line) }
    }

    /// Where a part listens, once it does.
    func address(_ part: String) -> String? { state.withLock { $0.parts[part] } }
}
