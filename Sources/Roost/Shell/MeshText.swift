import RoostCluster
import RoostJobs

/// What the mesh has to say, for people and for scripts.
enum MeshText {
    /// An error as a sentence.
    static func sentence(_ error: MeshError) -> String {
        switch error {
        case .notConnected: "not connected to it"
        case .nodeDown: "it is gone"
        case .connectionLost(let maybe): "the connection broke" + (maybe ? "; it may have been carried out" : "")
        case .timeout: "no answer in time"
        case .overloaded: "too much is waiting for it"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .noService: "it has no service or task of that name"
        case .forbidden: "it does not take this from a member of this role"
        case .undecodable: "it does not understand the message"
        case .unsupported: "its version cannot do this"
        case .remote(let code, let message): "it failed: \(message) (\(code))"
        case .rejected(let reason): "the connection was refused: \(reason)"
        case .unreachable(let why): "cannot be reached: \(why)"
        case .invalid(let what): "cannot be used: \(what)"
        case .cancelled: "given up"
        }
    }

    /// The same with the status scripts go by.
    static func failure(_ error: MeshError, _ what: String) -> Failure {
        let status: Failure.Status =
            switch error {
            case .notConnected, .nodeDown, .connectionLost, .unreachable, .rejected, .unsupported: .unavailable
            case .timeout, .overloaded, .cancelled: .tryAgain
            case .noService: .notFound
            case .forbidden: .denied
            case .tooLarge, .undecodable, .invalid: .badInput
            case .remote: .failed
            }
        return Failure(status, "\(what): \(sentence(error))")
    }

    /// Milliseconds with three places.
    static func thousandths(_ time: Duration) -> Double {
        Double(Int(min(max(0, time.inSeconds), 1e9) * 1_000_000)) / 1000
    }

    /// `0.42 ms`.
    static func milliseconds(_ time: Duration) -> String {
        let micros = time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000
        let hundredths = (max(0, micros) + 5) / 10
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) ms"
    }
}
