import RoostJobs

extension ScreenMachine {
    /// An uppercase key: asks before it acts, where acting is allowed.
    mutating func act(_ character: Character) -> [ScreenDirective] {
        guard let verb = Verb(rawValue: character) else { return [] }
        guard view.mayAct else {
            say("read-only: start with --rw to \(verb.text(on: view.tab))", .bad)
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

        /// What it would do there.
        func text(on tab: ScreenTab) -> String {
            switch (self, tab) {
            case (.pause, .cron): "pause or resume a periodic job"
            case (.pause, _): "pause or resume a queue"
            case (.cancel, _): "cancel a job"
            case (.replay, .cron): "run a periodic job now"
            case (.replay, _): "replay a job"
            case (.delete, .nodes): "drain a node"
            case (.delete, _): "delete a job"
            }
        }
    }

    private struct Fault: Error { let text: String }

    private func question(_ verb: Verb) -> Result<ScreenView.Question, Fault> {
        // A node may also be open on Events.
        if verb == .delete, case .node = view.place { return drainQuestion() }
        return switch (verb, view.tab) {
        case (.pause, .cron), (.replay, .cron): cronQuestion(verb)
        case (.delete, .nodes): drainQuestion()
        case (.pause, _): pauseQuestion()
        default: jobQuestion(verb)
        }
    }

    private func jobQuestion(_ verb: Verb) -> Result<ScreenView.Question, Fault> {
        guard let job = markedJob else {
            return .failure(Fault(text: "mark a job on Jobs or Dead to \(verb.text(on: .jobs))"))
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

    private func cronQuestion(_ verb: Verb) -> Result<ScreenView.Question, Fault> {
        let rows = view.cronRows
        guard view.place == nil, let index = view.marked(in: rows.map(\.entry.name)) else {
            return .failure(Fault(text: "mark a periodic job on Cron to \(verb.text(on: .cron))"))
        }
        let entry = rows[index].entry
        if verb == .replay {
            return .success(.init(action: .runCron(entry.name), text: "Run \(entry.name) (\(entry.job.type)) now?"))
        }
        return .success(
            .init(
                action: .pauseCron(entry.name, !entry.isPaused),
                text: entry.isPaused
                    ? "Resume \(entry.name) from its next slot on?"
                    : "Pause \(entry.name) (slots that pass are dropped)?"))
    }

    private func drainQuestion() -> Result<ScreenView.Question, Fault> {
        guard let node = markedNode else { return .failure(Fault(text: "mark a node on Nodes to drain it")) }
        guard node.state == .up || node.state == .draining else {
            return .failure(Fault(text: "\(node.name) is \(node.state.rawValue)"))
        }
        guard node.slots > 0 else { return .failure(Fault(text: "\(node.name) runs no jobs")) }
        let isDraining = node.state == .up
        return .success(
            .init(
                action: .drain(node: node.name, isDraining),
                text: isDraining
                    ? "Drain \(node.name) (\(node.busy.grouped) running go on; it claims no more)?"
                    : "Have \(node.name) claim jobs again?"))
    }

    /// The node a key is about: the one that is open, or the one that is marked.
    private var markedNode: NodeStatus? {
        let rows = view.nodeRows
        if case .node(let name) = view.place { return view.snapshot?.nodes.first { $0.name == name } }
        guard view.place == nil else { return nil }
        return view.marked(in: rows.map(\.name)).map { rows[$0] }
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
