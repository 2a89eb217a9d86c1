import NIOCore

/// When requests are due, which lanes are free, and how long each answer took. On one event loop.
final class Course {
    private let loop: any EventLoop
    private let rate: Double
    private let request: ByteBuffer
    private let count: Int
    private var start = NIODeadline.now()
    private var next = 0
    private var idle: [Lane] = []
    private var answered = 0
    private var times: [Int: [Time]] = [:]
    private let done: EventLoopPromise<[String]>
    /// How long answers are waited for after the last request was due.
    private static let patience = TimeAmount.seconds(30)

    init(loop: any EventLoop, rate: Double, seconds: Double, request: ByteBuffer) {
        self.loop = loop
        self.rate = rate
        self.request = request
        count = max(1, Int(rate * seconds))
        done = loop.makePromise()
    }

    /// Sends every request when it is due; the result is what to print.
    func run() -> EventLoopFuture<[String]> {
        start = .now()
        tick()
        return done.futureResult
    }

    private func due(_ index: Int) -> NIODeadline { start + .nanoseconds(Int64(Double(index) * 1e9 / rate)) }

    private func tick() {
        send()
        let now = NIODeadline.now()
        if answered == count || now > due(count) + Self.patience { return done.succeed(lines()) }
        // A millisecond is the grain: several requests may be due in one.
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .milliseconds(1)) { bound.value.tick() }
    }

    /// Sends what is due, as far as there are lanes.
    private func send() {
        let now = NIODeadline.now()
        while next < count, due(next) <= now, let lane = idle.popLast() {
            lane.send(request, due: due(next))
            next += 1
        }
    }

    /// A lane has nothing under way.
    func isFree(_ lane: Lane) {
        idle.append(lane)
        send()
    }

    /// An answer came; 0: the connection broke.
    func answer(_ status: Int, due: NIODeadline, sent: NIODeadline) {
        answered += 1
        let now = NIODeadline.now()
        times[status, default: []].append(
            Time(sinceDue: Double((now - due).nanoseconds) / 1e6, sinceSent: Double((now - sent).nanoseconds) / 1e6))
    }

    /// How long an answer took, milliseconds.
    private struct Time {
        let sinceDue: Double
        /// Less, where the generator itself came late: it had no free connection, or no processor.
        let sinceSent: Double
    }

    private func lines() -> [String] {
        var lines = times.keys.sorted().map { status in
            let sorted = times[status, default: []].map(\.sinceDue).sorted()
            let sent = times[status, default: []].map(\.sinceSent).sorted()
            func at(_ share: Double, _ sorted: [Double]) -> String {
                Self.text(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))])
            }
            return
                "status \(status) count \(sorted.count) p50 \(at(0.5, sorted)) p99 \(at(0.99, sorted)) "
                + "p999 \(at(0.999, sorted)) max \(at(1, sorted)) since sent: p50 \(at(0.5, sent)) p99 \(at(0.99, sent)) "
                + "max \(at(1, sent))"
        }
        lines.append("unsent \(count - next) unanswered \(next - answered)")
        return lines
    }

    private static func text(_ milliseconds: Double) -> String { "\((milliseconds * 100).rounded() / 100)" }
}
