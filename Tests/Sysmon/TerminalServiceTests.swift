import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the terminal service", .timeLimit(.minutes(1)), .serialized)
struct TerminalServiceTests {
    private let feed = SnapshotFeed()

    private func publish(_ sequence: Int, _ members: [MemberView] = [worker(1)]) {
        var snapshot = snapshot(members)
        snapshot.sequence = sequence
        feed.publish(snapshot)
    }

    private func read(_ pieces: AsyncStream<String>, until mark: String, into text: inout String) async {
        for await piece in pieces {
            text += piece
            if text.contains(mark) { return }
        }
    }

    /// Runs a service on a pipe and returns what it wrote.
    private func written(_ options: TerminalOptions) async -> (String, TerminalService.Ending) {
        guard let pair = DescriptorPair.pipe() else { return ("", .cancelled) }
        let output = pair.pieces
        let ending = await TerminalService(feed: feed, options: options, input: -1, output: pair.theirs).run()
        pair.closeTheirs()
        let text = await output.reduce(into: "") { $0 += $1 }
        return (text, ending)
    }

    @Test("once writes one block and ends")
    func once() async {
        publish(1)
        var options = TerminalOptions()
        options.count = 1
        let (text, ending) = await written(options)
        #expect(ending == .counted && text.hasPrefix("[14:02:11] nodes=1 up=1 "))
        options.format = .json
        let (json, _) = await written(options)
        #expect(json.hasPrefix("{\"cluster\":\"roost\"") && json.hasSuffix("}\n"))
        options.format = .table
        options.colour = false
        let (table, _) = await written(options)
        #expect(table.hasPrefix(" roost · roost") && !table.contains("\u{1b}"))
    }

    @Test("it ends when the feed does")
    func finished() async {
        publish(1)
        feed.finish()
        let (text, ending) = await written(TerminalOptions())
        #expect(ending == .finished && text.hasPrefix("[14:02:11]"))
    }

    @Test("it ends when it is cancelled")
    func cancelled() async {
        let feed = feed
        await withTaskGroup(of: TerminalService.Ending.self) { group in
            group.addTask { await TerminalService(feed: feed, input: -1, output: DescriptorPair.null()).run() }
            group.cancelAll()
            #expect(await group.next() == .cancelled)
        }
    }

    @Test("it ends when nobody reads any more")
    func closed() async throws {
        DescriptorPair.ignoreBrokenPipes()
        let pair = try #require(DescriptorPair.pipe())
        pair.closeOurs()
        publish(1)
        #expect(await TerminalService(feed: feed, input: -1, output: pair.theirs).run() == .outputClosed)
        pair.closeTheirs()
    }

    @Test("on a terminal it draws on a screen of its own, obeys its size, quits with q and leaves everything as it was")
    func screen() async throws {
        let pair = try #require(DescriptorPair.terminal(columns: 70, rows: 12))
        let before = pair.localModes
        publish(1)
        let feed = feed
        async let ending = TerminalService(feed: feed, input: pair.theirs, output: pair.theirs).run()
        let pieces = pair.pieces
        var text = ""
        await read(pieces, until: "q quit", into: &text)
        #expect(text.hasPrefix("\u{1b}[?1049h\u{1b}[?25l"))
        #expect(pair.localModes != before)
        publish(2, [worker(1), worker(2)])
        await read(pieces, until: "worker@10.0.0.2", into: &text)

        text = ""
        #expect(pair.resize(columns: 40, rows: 12))
        pair.announceSize()
        await read(pieces, until: "\u{1b}[2J\u{1b}[H", into: &text)

        pair.type("q")
        #expect(await ending == .quit)
        await read(pieces, until: "\u{1b}[?1049l", into: &text)
        #expect(text.hasSuffix("\u{1b}[?25h\u{1b}[?1049l"))
        #expect(pair.localModes == before)
        pair.closeTheirs()
        for await _ in pieces {}
    }
}
