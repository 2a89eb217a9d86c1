import RoostJobs

extension ScreenMachine {
    /// An uppercase key: asks before it acts, where acting is allowed.
    mutating func act(_ character: Character) -> [ScreenDirective] {
        guard let verb = Verb(rawValue: character) else { return [] }
        guard view.mayAct else {
            say("read-only: start with --rw to \(verb.text)", .bad)
            return [.draw]
        }
        switch question(verb) {
        case .success(let question): change { $0.question = question }
        case .failure(let fault): say(fault.text, .bad)
        }
        return [.draw]
    }

    mutating func answer(_ question: ScreenView.Question, with key: Key) -> [ScreenDirective] {
        if key == .control("c") { return [.quit] }
        change { $0.question = nil }
        guard key == .character("y") || key == .character("Y") else {
            say("not done")
            return [.draw]
        }
        say("asked the store ...")
        return [.draw, .act(question.action)]
    }

    private enum Verb: Character {
        case pause = "P"
        case cancel = "C"
        case replay = "R"
        case delete = "D"

        var text: String {
            switch self {
            case .pause: "pause or resume a queue"
            case .cancel: "cancel a job"
            case .replay: "replay a job"
            case .delete: "delete a job"
            }
        }
    }

    private struct Fault: Error { let text: String }

    private func question(_ verb: Verb) -> Result<ScreenView.Question, Fault> {
        if verb == .pause { return pauseQuestion() }
        guard let job = markedJob else {
            return .failure(Fault(text: "mark a job on Jobs or Dead to \(verb.text)"))
        }
        let name = "job \(job.id) (\(job.type), \(job.state.rawValue))"
        switch verb {
        case .cancel where job.state.isFinal: return .failure(Fault(text: "\(name) has ended"))
        case .cancel: return .success(.init(action: .cancel(job.id), text: "Cancel \(name)?"))
        case .replay where job.state != .failed && job.state != .cancelled:
            return .failure(Fault(text: "\(name) is not a dead letter"))
        case .replay: return .success(.init(action: .replay(job.id), text: "Replay \(name)?"))
        case .delete where job.state == .running: return .failure(Fault(text: "\(name): cancel it first"))
        default: return .success(.init(action: .delete(job.id), text: "Delete \(name) for good?"))
        }
    }

    private func pauseQuestion() -> Result<ScreenView.Question, Fault> {
        let rows = view.queueRows
        guard view.tab == .queues, view.place == nil, let index = view.marked(in: rows.map(\.name)) else {
            return .failure(Fault(text: "mark a queue on Queues to pause or resume it"))
        }
        let queue = rows[index]
        guard let settings = queue.settings else {
            return .failure(Fault(text: "whether queue \(queue.name) is paused is not known yet"))
        }
        let name = queue.name == QueueSettings.all ? "all queues" : "queue \(queue.name)"
        let waiting = queue.counts.queued
        return .success(
            .init(
                action: .pause(queue: queue.name, !settings.isPaused),
                text: settings.isPaused
                    ? "Resume \(name) (\(waiting.grouped) queued)?"
                    : "Pause \(name) (\(waiting.grouped) queued; what runs goes on)?"))
    }

    /// The job a key is about: the one that is open, or the one that is marked.
    private var markedJob: JobRow? {
        if case .job(let id) = view.place {
            return view.job.value.flatMap { $0.job.id == id ? JobRow($0.job) : nil }
        }
        guard view.place == nil, view.tab.isPaged else { return nil }
        let rows = view.jobRows
        return view.marked(in: rows.map(\.id.description)).map { rows[$0] }
    }
}
