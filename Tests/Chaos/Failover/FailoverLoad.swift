import RoostProcessKit
import Synchronization

/// Clients that give short jobs as long as they are let, and what they were told of each.
final class FailoverLoad: Sendable {
    private struct State {
        var accepted: [(job: String, at: Moment)] = []
        var refused = 0
        var unknown = 0
        var isOver = false
    }

    private let state = Mutex(State())

    var accepted: [(job: String, at: Moment)] { state.withLock { $0.accepted } }
    var refused: Int { state.withLock { $0.refused } }
    var unknown: Int { state.withLock { $0.unknown } }

    func end() { state.withLock { $0.isOver = true } }

    /// Gives jobs until the end.
    func run(_ client: JobClient, lanes: Int = 4) async {
        await withTaskGroup(of: Void.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var number = 0
                    while !self.state.withLock({ $0.isOver }) {
                        number += 1
                        self.note(await client.submit(WorkItem(op: "job-\(lane)-\(number)", seconds: 0.02)))
                        // A pace that two nodes keep up with.
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                }
            }
        }
    }

    private func note(_ submit: HistoryEvent.Submit) {
        state.withLock { state in
            switch submit.answer {
            case .ok(let job): state.accepted.append((job, submit.at))
            case .refused: state.refused += 1
            case .unknown: state.unknown += 1
            }
        }
    }

    /// When the first job was accepted that was asked for after that moment; waits for it.
    func firstAccepted(after moment: Moment) async throws -> Moment {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let first = accepted.first(where: { $0.at > moment }) { return first.at }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Surprise("no job is taken any more")
    }
}
