/// Jobs per second.
public struct Rates: Codable, Sendable, Equatable {
    /// One measurement.
    public struct Sample: Codable, Sendable, Equatable {
        /// Jobs accepted per second.
        public var accepted: Double = 0
        /// Jobs done per second.
        public var done: Double = 0
        /// Attempts that failed per second, whether they are tried again or not.
        public var failed: Double = 0

        enum CodingKeys: String, CodingKey {
            case accepted = "in"
            case done
            case failed = "fail"
        }
    }

    /// The mean of the last few samples.
    public var now = Sample()
    /// The last samples, oldest first, one an interval.
    public var history: [Sample] = []

    /// One line of the history.
    func series(_ path: KeyPath<Sample, Double>) -> [Double] { history.map { $0[keyPath: path] } }

    enum CodingKeys: String, CodingKey { case now, history }
}
