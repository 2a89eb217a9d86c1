import RoostJobs

/// Jobs by state.
public struct StateCounts: Codable, Sendable, Equatable {
    /// Waiting for their time.
    public var scheduled = 0
    /// Waiting for a worker.
    public var queued = 0
    /// Claimed.
    public var running = 0
    /// Ended well, their records still kept.
    public var done = 0
    /// Dead letters.
    public var failed = 0
    /// Called off.
    public var cancelled = 0

    /// Numbers no browser rounds: 2^53.
    static let largest = 9_007_199_254_740_992

    mutating func add(_ counts: [JobState: Int]) {
        for (state, count) in counts {
            let path: WritableKeyPath<StateCounts, Int> =
                switch state {
                case .scheduled: \.scheduled
                case .queued: \.queued
                case .running: \.running
                case .done: \.done
                case .failed: \.failed
                case .cancelled: \.cancelled
                }
            self[keyPath: path] = min(self[keyPath: path] + min(max(0, count), Self.largest), Self.largest)
        }
    }
}

/// The jobs of one queue; in JSON the counts stand beside the name.
public struct QueueStatus: Codable, Sendable, Equatable {
    /// The queue's name.
    public var name: String
    /// Its jobs by state.
    public var counts: StateCounts

    enum CodingKeys: String, CodingKey { case name }

    init(name: String, counts: StateCounts) {
        self.name = name
        self.counts = counts
    }

    /// Reads a flat object.
    public init(from decoder: any Decoder) throws {
        name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .name)
        counts = try StateCounts(from: decoder)
    }

    /// Writes a flat object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try counts.encode(to: encoder)
    }
}
