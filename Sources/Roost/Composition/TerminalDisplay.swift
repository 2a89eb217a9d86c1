import RoostJobs
import RoostSysmon
import ServiceLifecycle
import UnixSignals

/// The cluster on this terminal; when it ends (`q`, or enough was shown) the process does.
struct TerminalDisplay: Service {
    let feed: SnapshotFeed
    let station: Station
    let store: any JobStore
    let options: TerminalOptions

    func run() async throws {
        // A single picture shows the others too: the first beat has been answered, or two seconds are over.
        // The snapshot to show is one that was taken after that.
        if options.count != nil {
            await station.registered(upTo: .seconds(2))
            _ = await feed.next(after: feed.latest?.sequence, upTo: .seconds(5))
        }
        let resized = WakeSignal()
        let terminal = TerminalService(
            feed: feed, options: options, source: StoreSource(store: store), resized: resized)
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
