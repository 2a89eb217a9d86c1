import RoostJobs
import RoostSysmon
import ServiceLifecycle
import UnixSignals

/// The cluster on this terminal; when it ends (`q`, or enough was shown) the process does.
struct TerminalDisplay: Service {
    let feed: SnapshotFeed
    /// Answers what the screen asks beside the snapshots, and acts.
    let source: any ScreenSource
    let options: TerminalOptions
    /// Returns when a picture would show the others too, or after a while.
    var gather: @Sendable () async -> Void = {}

    func run() async throws {
        // The snapshot to show is one that was taken after that.
        if options.count != nil {
            await gather()
            _ = await feed.next(after: feed.latest?.sequence, upTo: .seconds(5))
        }
        let resized = WakeSignal()
        let terminal = TerminalService(feed: feed, options: options, source: source, resized: resized)
        await cancelWhenGracefulShutdown {
            let sizes = await UnixSignalsSequence(trapping: .sigwinch)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in sizes { resized.notify() } }
                _ = await terminal.run()
                group.cancelAll()
            }
        }
    }
}
