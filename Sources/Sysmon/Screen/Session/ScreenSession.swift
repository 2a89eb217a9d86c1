import Glibc
import RoostJobs

/// The screen on a terminal: puts keys, snapshots, sizes and answers into the machine and does what it says.
struct ScreenSession: Sendable {
    let feed: SnapshotFeed
    let options: TerminalOptions
    var device: TerminalDevice
    let source: (any ScreenSource)?
    let resized: WakeSignal

    func run() async -> TerminalService.Ending {
        guard let keys = device.openOwnKeys() else { return await show() }
        defer { close(keys) }
        var session = self
        session.device = TerminalDevice(input: keys, output: device.output)
        return await session.show()
    }

    private func show() async -> TerminalService.Ending {
        let inbox = ScreenInbox()
        let writer = TerminalWriter(descriptor: device.output)
        let saved = device.isInteractive ? device.enterKeyMode() : nil
        TerminalGuard.arm(device, saved: saved)
        let reader = saved == nil ? nil : KeyReader(descriptor: device.input)
        reader?.start(
            onKeys: { keys in inbox.post { $0.keys += keys } }, onEnd: { inbox.post { $0.isClosed = true } })
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchFeed(inbox) }
            group.addTask { await watchSize(inbox) }
            let ending = await loop(&group, inbox, writer, hasKeys: reader != nil)
            group.cancelAll()
            // The terminal is put back before the store's last answers are waited for.
            await reader?.stop()
            writer.writeNow(TerminalDevice.leaveScreen)
            if let saved { device.leaveKeyMode(saved) }
            TerminalGuard.disarm()
            return ending
        }
    }

    private func watchFeed(_ inbox: ScreenInbox) async {
        var seen: Int?
        while !Task.isCancelled {
            if let snapshot = await feed.next(after: seen) {
                seen = snapshot.sequence
                inbox.post { $0.hasSnapshot = true }
            } else if feed.isFinished {
                return inbox.post { $0.isFinished = true }
            }
        }
    }

    private func watchSize(_ inbox: ScreenInbox) async {
        while !Task.isCancelled {
            let generation = resized.generation
            await resized.wait(after: generation, upTo: .seconds(3600))
            if resized.generation != generation { inbox.post { $0.isResized = true } }
        }
    }

    private func loop(
        _ group: inout TaskGroup<Void>, _ inbox: ScreenInbox, _ writer: TerminalWriter, hasKeys: Bool
    ) async -> TerminalService.Ending {
        let renderer = ScreenRenderer(options: options)
        var painter = FramePainter()
        let view = ScreenView(
            size: device.size, hasKeys: hasKeys, mayAct: options.mayAct && source != nil, lease: options.lease)
        var machine = ScreenMachine(view: view, hasSource: source != nil)
        guard await writer.write(TerminalDevice.enterScreen) else { return ended }
        var frames = 0
        while let batch = await inbox.next() {
            var directives = take(batch, &machine)
            if batch.isClosed { return .outputClosed }
            if directives.contains(.quit) { return .quit }
            let isWhole = directives.contains(.redraw)
            if isWhole || directives.contains(.draw) {
                let picture = renderer.picture(machine.view)
                machine.onDrawn(scrollLimit: picture.scrollLimit)
                let lines = renderer.strings(picture, columns: machine.view.size.columns)
                let text = painter.paint(lines, all: isWhole)
                if !text.isEmpty { guard await writer.write(text) else { return ended } }
            }
            directives.removeAll { $0 == .draw || $0 == .redraw }
            for directive in directives { start(directive, &group, inbox) }
            if batch.hasSnapshot { frames += 1 }
            if frames >= options.count ?? .max { return .counted }
            if batch.isFinished { return .finished }
        }
        return .cancelled
    }

    private var ended: TerminalService.Ending { Task.isCancelled ? .cancelled : .outputClosed }

    private func take(_ batch: ScreenInbox.Batch, _ machine: inout ScreenMachine) -> [ScreenDirective] {
        var directives: [ScreenDirective] = []
        if batch.isResized { directives += machine.onResize(device.size) }
        if batch.hasSnapshot, let snapshot = feed.latest { directives += machine.onSnapshot(snapshot) }
        for answer in batch.answers {
            switch answer {
            case .answered(let answer, let request): directives += machine.onAnswer(answer, to: request)
            case .failed(let text, let request): directives += machine.onFailure(text, of: request)
            case .acted(let action, let text, let isGood): directives += machine.onActed(action, text, isGood: isGood)
            }
        }
        for key in batch.keys { directives += machine.onKey(key) }
        return directives
    }

    /// Asks or acts beside the loop; what comes of it is put into the inbox.
    private func start(_ directive: ScreenDirective, _ group: inout TaskGroup<Void>, _ inbox: ScreenInbox) {
        guard let source else { return }
        switch directive {
        case .ask(let request):
            group.addTask {
                do {
                    let answer = try await source.answer(request)
                    inbox.post { $0.answers.append(.answered(answer, request)) }
                } catch {
                    inbox.post { $0.answers.append(.failed("\(error)", request)) }
                }
            }
        case .act(let action):
            group.addTask {
                do {
                    let text = try await source.act(action)
                    inbox.post { $0.answers.append(.acted(action, text, isGood: true)) }
                } catch {
                    inbox.post { $0.answers.append(.acted(action, "not done: \(error)", isGood: false)) }
                }
            }
        case .draw, .redraw, .quit: break
        }
    }
}
