import RoostSysmon
import ServiceLifecycle

/// The cluster on this terminal; when it ends (`q`, or enough was shown) the process does.
struct TerminalDisplay: Service {
    let feed: SnapshotFeed
    let station: Station
    let options: TerminalOptions

    func run() async throws {
        // A single picture shows the others too: the first beat has been answered, or two seconds are over.
        // The snapshot to show is one that was taken after that.
        if options.count != nil {
            await station.registered(upTo: .seconds(2))
            _ = await feed.next(after: feed.latest?.sequence, upTo: .seconds(5))
        }
        let terminal = TerminalService(feed: feed, options: options)
        _ = await cancelWhenGracefulShutdown { await terminal.run() }
    }
}
