public import RoostJobs

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
    private let source: (any ScreenSource)?
    private let resized: WakeSignal
    private let device: TerminalDevice

    /// A service that writes to descriptor `output` and, where both are terminals, reads keys from `input`.
    ///
    /// - Parameters:
    ///   - source: answers what the screen asks beside the snapshots; without one it has no jobs and cannot act.
    ///   - resized: notified by whoever hears of SIGWINCH.
    public init(
        feed: SnapshotFeed, options: TerminalOptions = .init(), source: (any ScreenSource)? = nil,
        resized: WakeSignal = .init(), input: Int32 = 0, output: Int32 = 1
    ) {
        self.feed = feed
        self.options = options
        self.source = source
        self.resized = resized
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
            return await ScreenSession(
                feed: feed, options: options, device: device, source: source, resized: resized
            ).run()
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
}
