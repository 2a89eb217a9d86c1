import RoostJobs
import RoostRedis

extension StoreError {
    /// What a Redis failure means for a caller of the store.
    init(_ error: RedisError, doing what: String) {
        switch error.code {
        case .unavailable, .configuration: self.init(.unavailable, "\(what): \(error.message)")
        case .cancelled: self.init(.closed, "\(what): cancelled")
        case .connectionLost(let maybe), .timedOut(let maybe):
            self.init(maybe ? .unknown : .unavailable, "\(what): \(error.message)")
        case .server(let reply):
            let refusals: Set = [
                "OOM", "READONLY", "LOADING", "MISCONF", "MASTERDOWN", "CLUSTERDOWN", "BUSY", "NOAUTH", "WRONGPASS",
                "NOPERM", "TRYAGAIN", "NOREPLICAS", "UNBLOCKED", "MOVED", "ASK",
            ]
            // A script's error names the server's own code somewhere behind its own.
            let refused = refusals.contains(reply.code) || refusals.contains { reply.message.contains("\($0) ") }
            self.init(refused ? .unavailable : .corrupt, "\(what): \(reply.code) \(reply.message)")
        case .protocolViolation: self.init(.unknown, "\(what): \(error.message)")
        case .shutDown: self.init(.closed, "\(what): the client was shut down")
        }
    }
}
