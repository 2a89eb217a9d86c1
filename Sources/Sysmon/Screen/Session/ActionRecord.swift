import FoundationEssentials
import RoostJobs

/// An entry of the audit log, in the shape that the API's have. What is done through an API is recorded there.
struct ActionRecord: Encodable, Sendable {
    /// The log's name and length.
    static let log = "audit"
    static let kept = 10_000

    let action: String
    let who: String
    let target: String
    let member: String
    let route = "sysmon --rw"
    let status = 200

    private enum CodingKeys: String, CodingKey {
        case action, who, token, route, target, status, remote, member
        case requestID = "request_id"
        case forwarded = "forwarded_for"
    }

    init(_ action: ScreenAction, who: String, member: String) {
        self.action = action.operation
        self.who = who
        target = String(action.target.unicodeScalars.prefix(300))
        self.member = member
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(action, forKey: .action)
        try container.encode(who, forKey: .who)
        try container.encode(route, forKey: .route)
        try container.encode(target, forKey: .target)
        try container.encode(status, forKey: .status)
        try container.encode(member, forKey: .member)
        // There was no request: no token, no id, nobody elsewhere.
        for key in [CodingKeys.token, .requestID, .remote, .forwarded] { try container.encodeNil(forKey: key) }
    }

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { Array($0) } ?? Array("{}".utf8)
    }
}

extension ScreenAction {
    /// The id of the API's operation that does the same.
    var operation: String {
        switch self {
        case .pause(_, let isPaused): isPaused ? "pauseQueue" : "resumeQueue"
        case .cancel: "cancelJob"
        case .replay: "retryJob"
        case .delete: "deleteJob"
        case .pauseCron(_, let isPaused): isPaused ? "pauseCron" : "resumeCron"
        case .runCron: "runCron"
        case .drain(_, let isDraining): isDraining ? "drainNode" : "undrainNode"
        }
    }

    /// What it is done to.
    var target: String {
        switch self {
        case .pause(let name, _), .pauseCron(let name, _), .runCron(let name), .drain(let name, _): name
        case .cancel(let id), .replay(let id), .delete(let id): id.description
        }
    }
}
