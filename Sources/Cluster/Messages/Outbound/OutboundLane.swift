/// Frames of one lane are sent in the order they came; lanes take turns.
enum OutboundLane: Sendable, Hashable {
    /// Answers, and what the mesh itself has to say.
    case control
    /// One answer that is sent in parts.
    case bulk(UInt64)
    /// Messages for groups.
    case publications
    /// Messages for one service of the peer.
    case service(String)

    /// Messages, as opposed to answers: the two have budgets of their own, so that neither keeps the other out.
    var isData: Bool {
        switch self {
        case .control, .bulk: false
        case .publications, .service: true
        }
    }

    /// Only what is for a service waits for credit.
    var needsCredit: Bool {
        if case .service = self { return true }
        return false
    }
}
