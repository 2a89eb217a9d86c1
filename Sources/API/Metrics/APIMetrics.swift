/// What a node counts of its HTTP side, for `GET /metrics`.
public final class APIMetrics: Sendable {
    let connections = ConnectionMeter()
    let requests = RequestMeter()
    let access = AccessMeter()
    /// Who comes in.
    let admission = AdmissionGate()
    /// What requests and replies hold in memory.
    let held = HeldBytes()
    /// Requests that wait for something to happen.
    let waiting = RequestGate()
    /// Event streams that are open.
    let streams = RequestGate()

    /// Nothing counted yet.
    public init() {}
}
