import Glibc
import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the terminal service", .timeLimit(.minutes(2)), .serialized)
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

    /// A service on a terminal of its own, and what it writes.
    private struct Screen {
        let pair: DescriptorPair
        let pieces: AsyncStream<String>
        let before: UInt32
        let resized = WakeSignal()

        init(columns: Int, rows: Int) throws {
            pair = try #require(DescriptorPair.terminal(columns: columns, rows: rows))
            before = pair.localModes
            pieces = pair.pieces
        }

        func run(_ feed: SnapshotFeed, source: (any ScreenSource)? = nil, mayAct: Bool = false) async
            -> TerminalService.Ending
        {
            var options = TerminalOptions()
            options.mayAct = mayAct
            return await TerminalService(
                feed: feed, options: options, source: source, resized: resized, input: pair.theirs, output: pair.theirs
            ).run()
        }

        /// The rest of what is written; the terminal is as it was before.
        func end() async -> String {
            #expect(pair.localModes == before)
            pair.closeTheirs()
            return await pieces.reduce(into: "") { $0 += $1 }
        }
    }

    private static let leave = "\u{1b}[0m\u{1b}[?7h\u{1b}[?25h\u{1b}[?1049l"

    @Test("on a terminal it has a screen of its own, obeys its size, quits with q and leaves everything as it was")
    func screen() async throws {
        let screen = try Screen(columns: 70, rows: 12)
        publish(1)
        let feed = feed
        async let ending = screen.run(feed)
        var text = ""
        await read(screen.pieces, until: "q quit", into: &text)
        #expect(text.hasPrefix("\u{1b}[?1049h\u{1b}[?25l\u{1b}[?7l\u{1b}[2J\u{1b}[1;1H"))
        #expect(screen.pair.localModes != screen.before)
        publish(2, [worker(1), worker(2)])
        await read(screen.pieces, until: "worker@10.0.0.2", into: &text)
        text = ""
        #expect(screen.pair.resize(columns: 40, rows: 9))
        screen.resized.notify()
        await read(screen.pieces, until: "\u{1b}[9;1H", into: &text)
        #expect(!text.contains("\u{1b}[2J"))
        screen.pair.type("q")
        #expect(await ending == .quit)
        #expect(await screen.end().hasSuffix(Self.leave))
    }

    @Test("jobs are listed, opened and cancelled on the store")
    func acting() async throws {
        let store = MemoryStore()
        let job = NewJob(type: "thumbnail", payload: Array(#"{"width":320}"#.utf8), start: .after(.seconds(600)))
        _ = try await store.enqueue([job])
        let screen = try Screen(columns: 100, rows: 30)
        publish(1)
        let feed = feed
        async let ending = screen.run(feed, source: StoreSource(store: store), mayAct: true)
        var text = ""
        await read(screen.pieces, until: "q quit", into: &text)
        screen.pair.type("3")
        await read(screen.pieces, until: job.id.description, into: &text)
        screen.pair.type("\r")
        await read(screen.pieces, until: "{\"width\":320}", into: &text)
        screen.pair.type("C")
        await read(screen.pieces, until: "y/n", into: &text)
        #expect(try await store.job(job.id)?.state == .scheduled)
        screen.pair.type("y")
        await read(screen.pieces, until: "is cancelled", into: &text)
        #expect(try await store.job(job.id)?.state == .cancelled)
        screen.pair.type("qq")
        #expect(await ending == .quit)
        _ = await screen.end()
    }

    @Test("a store that fails is told on the screen, and the screen goes on")
    func failing() async throws {
        let store = MemoryStore()
        await store.close()
        let screen = try Screen(columns: 80, rows: 24)
        publish(1)
        let feed = feed
        async let ending = screen.run(feed, source: StoreSource(store: store))
        var text = ""
        screen.pair.type("2")
        await read(screen.pieces, until: "closed", into: &text)
        publish(2, [worker(1), worker(3)])
        screen.pair.type("1")
        await read(screen.pieces, until: "worker@10.0.0.3", into: &text)
        screen.pair.type("q")
        #expect(await ending == .quit)
        _ = await screen.end()
    }

    @Test("cancelled or without a feed it leaves the terminal as it was", arguments: [true, false])
    func leaving(isCancelled: Bool) async throws {
        let screen = try Screen(columns: 80, rows: 24)
        publish(1)
        let feed = feed
        await withTaskGroup(of: TerminalService.Ending.self) { group in
            group.addTask { await screen.run(feed) }
            var text = ""
            await read(screen.pieces, until: "q quit", into: &text)
            if isCancelled { group.cancelAll() } else { feed.finish() }
            #expect(await group.next() == (isCancelled ? .cancelled : .finished))
        }
        #expect(await screen.end().hasSuffix(Self.leave))
    }

    @Test("keys are told as they come, an escape after a moment, and the end of the input too")
    func reading() async throws {
        let pair = try #require(DescriptorPair.pipe())
        let (keys, told) = AsyncStream<[Key]>.makeStream()
        let reader = try #require(KeyReader(descriptor: pair.ours))
        reader.start(onKeys: { told.yield($0) }, onEnd: { told.finish() })
        write(pair.theirs, "ab\u{1b}[A", 5)
        var iterator = keys.makeAsyncIterator()
        #expect(await iterator.next() == [.character("a"), .character("b"), .up])
        write(pair.theirs, "\u{1b}", 1)
        #expect(await iterator.next() == [.escape])
        pair.closeTheirs()
        #expect(await iterator.next() == nil)
        await reader.stop()
        pair.closeOurs()
    }

    @Test("a reader that is stopped reads no more")
    func stopping() async throws {
        let pair = try #require(DescriptorPair.pipe())
        let reader = try #require(KeyReader(descriptor: pair.ours))
        reader.start(onKeys: { _ in Issue.record("a key") }, onEnd: { Issue.record("an end") })
        await reader.stop()
        write(pair.theirs, "q", 1)
        pair.closeTheirs()
        pair.closeOurs()
    }
}
