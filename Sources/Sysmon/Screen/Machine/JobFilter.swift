import RoostJobs

/// What somebody typed after `/`: `state:`, `type:` and `queue:` ask the store, an id finds one job, other words look
/// through the page shown.
struct JobFilter: Sendable, Equatable {
    var state: JobState?
    var type: String?
    var queue: String?
    var id: JobID?
    /// In lower case; all of them must be there.
    var words: [String] = []
    /// What could not be understood.
    var fault: String?

    init(_ text: String) {
        for part in text.split(whereSeparator: \.isWhitespace).prefix(20) {
            let pair = part.split(separator: ":", maxSplits: 1).map(String.init)
            if pair.count == 2 {
                take(pair[0].lowercased(), pair[1])
            } else if let id = JobID(part) {
                self.id = id
            } else {
                words.append(part.lowercased())
            }
        }
    }

    private mutating func take(_ name: String, _ value: String) {
        switch name {
        case "state", "status":
            state = JobState(rawValue: value.lowercased())
            if state == nil { fault = "no state \(value): " + JobState.allCases.map(\.rawValue).joined(separator: " ") }
        case "type": type = value
        case "queue": queue = value
        case "id":
            id = JobID(value)
            if id == nil { fault = "\(value) is no id of a job" }
        default: fault = "no qualifier \(name): there are state: type: queue: id:"
        }
    }

    /// The page to ask for; a fixed state is the tab's own.
    func request(state fixed: JobState?, page: Int, size: Int) -> ScreenRequest {
        if let id { return .find(id) }
        let (offset, overflow) = page.multipliedReportingOverflow(by: size)
        return .jobs(
            JobQuery(
                state: fixed ?? state, type: type, queue: queue, offset: overflow ? .max : offset, limit: size))
    }

    func matches(_ job: JobRow) -> Bool { words.allSatisfy(job.contains) }
}
