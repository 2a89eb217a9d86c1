import Synchronization

/// Shows a feed's snapshots on a terminal, or writes them to whatever its output is.
public struct TerminalService: Sendable {
    /// Why it ended.
    public enum Ending: Sendable, Equatable {
        /// Somebody pressed `q`.
        case quit
        /// As many were written as were asked for.
        case counted
        /// The feed is finished.
        case finished
        /// The task was cancelled.
        case cancelled
        /// Nobody reads the output any more.
        case outputClosed
    }

    private let feed: SnapshotFeed
    private let options: TerminalOptions
    private let device: TerminalDevice

    /// A service that writes to descriptor `output` and, where both are terminals, reads keys from `input`.
    public init(
        feed: SnapshotFeed, options: TerminalOptions = .init(), input: Int32 = 0, output: Int32 = 1
    ) {
        self.feed = feed
        self.options = options
        device = TerminalDevice(input: input, output: output)
    }

    /// Writes until there is a reason to end; then the terminal is as it was before.
    public func run() async -> Ending {
        let writer = TerminalWriter(descriptor: device.output)
        switch options.resolved(isTerminal: device.isOutputTerminal) {
        case .json:
            let renderer = JSONRenderer()
            return await stream(writer) { renderer.render($0) }
        case .plain, .automatic:
            var renderer = PlainRenderer(options: options)
            return await stream(writer) { renderer.render($0) }
        case .table:
            // A single picture is for reading on, not for a screen of its own.
            if options.count == 1 || !device.isOutputTerminal {
                let renderer = TableRenderer(options: options)
                return await stream(writer) { renderer.render($0, size: device.size) + "\n" }
            }
            return await screen(writer)
        }
    }

    private func stream(_ writer: TerminalWriter, _ render: (Snapshot) -> String) async -> Ending {
        var written = 0
        var seen: Int?
        while written < options.count ?? .max {
            guard let snapshot = await feed.next(after: seen) else {
                if Task.isCancelled { return .cancelled }
                if feed.isFinished { return .finished }
                continue
            }
            seen = snapshot.sequence
            let text = render(snapshot)
            guard !text.isEmpty else { continue }
            guard await writer.write(text) else { return Task.isCancelled ? .cancelled : .outputClosed }
            written += 1
        }
        return .counted
    }

    private func screen(_ writer: TerminalWriter) async -> Ending {
        let isInteractive = device.isInteractive
        let saved = isInteractive ? device.enterKeyMode() : nil
        let quit = Atomic(false)
        let resized = Atomic(false)
        let feed = feed
        let input = TerminalInput(
            descriptor: isInteractive ? device.input : nil,
            onQuit: {
                quit.store(true, ordering: .relaxed)
                feed.nudge()
            },
            onResize: {
                resized.store(true, ordering: .relaxed)
                feed.nudge()
            })
        await input.start()
        let ending = await draw(writer, isInteractive: isInteractive, quit: quit, resized: resized)
        await input.stop()
        writer.writeNow(TerminalDevice.leaveScreen)
        if let saved { device.leaveKeyMode(saved) }
        return ending
    }

    private func draw(
        _ writer: TerminalWriter, isInteractive: Bool, quit: borrowing Atomic<Bool>, resized: borrowing Atomic<Bool>
    ) async -> Ending {
        let renderer = TableRenderer(options: options)
        guard await writer.write(TerminalDevice.enterScreen) else { return .outputClosed }
        var frames = 0
        var seen: Int?
        while frames < options.count ?? .max {
            let fresh = await feed.next(after: seen) {
                quit.load(ordering: .relaxed) || resized.load(ordering: .relaxed)
            }
            if quit.load(ordering: .relaxed) { return .quit }
            if Task.isCancelled { return .cancelled }
            // A new size asks for the same snapshot again, and for a clean screen.
            let again = resized.exchange(false, ordering: .relaxed)
            guard let snapshot = fresh ?? (again ? feed.latest : nil) else {
                if feed.isFinished { return .finished }
                continue
            }
            let frame = renderer.frame(snapshot, size: device.size, interactive: isInteractive)
            guard await writer.write((again ? "\u{1b}[2J" : "") + frame) else {
                return Task.isCancelled ? .cancelled : .outputClosed
            }
            if fresh != nil { frames += 1 }
            seen = snapshot.sequence
        }
        return .counted
    }
}
