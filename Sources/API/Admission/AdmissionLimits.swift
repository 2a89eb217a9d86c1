import NIOCore

/// How much may be under way at a time, and how long a request may queue.
struct AdmissionLimits: Sendable {
    /// Requests served or queued at a time; at least one.
    var inside: Int
    /// How long a request may queue for its handler without anything being wrong.
    var target: TimeAmount
    /// How long queues may be longer than that: bursts are no overload.
    var interval: TimeAmount

    init(inside: Int, target: TimeAmount, interval: TimeAmount) {
        self.inside = max(1, inside)
        self.target = target
        self.interval = interval
    }

    /// Who queued for longer while too many do is answered by a refusal: its client may have given up by now.
    var patience: TimeAmount { target * 2 }
}
