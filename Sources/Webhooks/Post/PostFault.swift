/// Why nothing came back from a receiver.
enum PostFault: Error, Sendable, Equatable {
    /// Deliveries may not go there: it will not change by trying.
    case refused(String)
    /// It is not there, does not answer, or breaks off.
    case failed(String)
}

/// What came back from a receiver, as far as it matters.
struct PostAnswer: Sendable, Equatable {
    let status: Int
    let retryAfter: String?
}
