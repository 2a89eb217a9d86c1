/// Why a supervisor ended.
public enum SupervisionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// This duty failed faster than restarting it can help: let the process end and its orchestrator start afresh.
    case tooManyRestarts(duty: String)

    /// The same in a sentence.
    public var description: String {
        switch self {
        case .tooManyRestarts(let duty): "duty \(duty) was restarted too often"
        }
    }
}
