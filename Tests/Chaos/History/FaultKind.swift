/// What the nemesis does.
enum FaultKind: String, Sendable, Codable, CaseIterable {
    case killNode, killAPI, killSysmon, freezeNode, freezeAPI, drainNode, restartStorm
    case cutRedis, holdRedis, halfOpenRedis, slowRedis, lostReply
    case cutHTTP, holdHTTP, lostHTTPReply
    case cutMesh, holdMesh
    case killRedis, hangRedis, clientKill, scriptFlush, maxMemory, readOnly

    /// How it may let a job be run a second time.
    enum Reach: Sendable {
        /// It may not.
        case none
        /// What a process ran goes to another at once: it is dead, or handed it back.
        case process
        /// What a process ran goes to another once it was silent for a lease.
        case lease
    }

    /// How it may let a job be run a second time.
    var reach: Reach {
        switch self {
        case .killNode, .drainNode, .restartStorm: .process
        case .freezeNode, .cutRedis, .holdRedis, .halfOpenRedis, .slowRedis, .lostReply, .killRedis, .hangRedis,
            .maxMemory, .readOnly, .clientKill:
            .lease
        case .killAPI, .killSysmon, .freezeAPI, .cutHTTP, .holdHTTP, .lostHTTPReply, .cutMesh, .holdMesh, .scriptFlush:
            .none
        }
    }
}
