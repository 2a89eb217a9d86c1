import RoostTestKit

/// One job a client wants done, and what else it does with it.
struct WorkItem: Sendable {
    enum Flavour: Sendable { case plain, slow, delayed, flaky, cancelled, held, brief }

    let op: String
    let flavour: Flavour
    /// Whether it is sent with a key, and again until there is an answer.
    let hasKey: Bool
    let seconds: Double
    var delay = 0.0
    var failures = 0
    /// How long after its acceptance it is cancelled.
    var cancelAfter: Double?

    /// How long its result is to be kept, seconds.
    let ttl: Int
    private let queue: String

    /// A plain one.
    init(op: String, seconds: Double, delay: Double = 0, queue: String = "default", ttl: Int = 86_400) {
        self.ttl = ttl
        self.op = op
        self.seconds = seconds
        self.delay = delay
        self.queue = queue
        flavour = .plain
        hasKey = false
    }

    init(op: String, using generator: inout SeededGenerator) {
        self.op = op
        hasKey = Bool.random(using: &generator)
        func one(of count: Int) -> Bool { Int.random(in: 0..<count, using: &generator) == 0 }
        flavour =
            one(of: 8)
            ? .delayed
            : one(of: 8)
                ? .flaky
                : one(of: 8)
                    ? .cancelled
                    : one(of: 10)
                        ? .held
                        : one(of: 12) ? .slow : one(of: 20) ? .brief : .plain
        ttl = flavour == .brief ? 3 : 86_400
        queue = flavour == .held ? "held" : "default"
        seconds = Double.random(in: flavour == .slow ? 1...4 : 0...0.15, using: &generator)
        switch flavour {
        case .delayed: delay = Double.random(in: 0.2...3, using: &generator)
        case .flaky: failures = Int.random(in: 1...2, using: &generator)
        case .cancelled:
            delay = one(of: 2) ? Double.random(in: 0...2, using: &generator) : 0
            cancelAfter = Double.random(in: 0...1.5, using: &generator)
        case .plain, .slow, .held, .brief: break
        }
    }

    var body: String {
        let payload = #"{"op":"\#(op)","seconds":\#(seconds),"until_attempt":\#(failures + 1),"bytes":200}"#
        var text = #"{"type":"record","payload":\#(payload),"max_attempts":10,"retry":[0.2]"#
        text += #","result_ttl":\#(ttl)"#
        if delay > 0 { text += #","delay":\#(delay)"# }
        return text + #","queue":"\#(queue)"}"#
    }
}
