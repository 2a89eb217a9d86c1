/// What a node counts of its HTTP side, for `GET /metrics`.
public final class APIMetrics: Sendable {
    let connections = ConnectionMeter()
    let requests = RequestMeter()

    /// Nothing counted yet.
    public init() {}
}
