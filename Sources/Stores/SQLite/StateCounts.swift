import RoostJobs

/// A number for each state.
struct StateCounts: Equatable {
    private var numbers: (Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0)

    subscript(state: JobState) -> Int {
        get {
            switch state {
            case .scheduled: numbers.0
            case .queued: numbers.1
            case .running: numbers.2
            case .done: numbers.3
            case .failed: numbers.4
            case .cancelled: numbers.5
            }
        }
        set {
            switch state {
            case .scheduled: numbers.0 = newValue
            case .queued: numbers.1 = newValue
            case .running: numbers.2 = newValue
            case .done: numbers.3 = newValue
            case .failed: numbers.4 = newValue
            case .cancelled: numbers.5 = newValue
            }
        }
    }

    static func == (a: StateCounts, b: StateCounts) -> Bool { a.numbers == b.numbers }
}
