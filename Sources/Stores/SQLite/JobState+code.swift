import RoostJobs

extension JobState {
    /// The state's number in the file. Partial indexes name these numbers, so they never change.
    var code: Int64 {
        switch self {
        case .scheduled: 0
        case .queued: 1
        case .running: 2
        case .done: 3
        case .failed: 4
        case .cancelled: 5
        }
    }

    init?(code: Int64) {
        guard let state = Self.byCode.first(where: { $0.code == code }) else { return nil }
        self = state
    }

    private static let byCode: [JobState] = [.scheduled, .queued, .running, .done, .failed, .cancelled]
}
