import RoostSysmon
import ServiceLifecycle

/// Takes snapshots for the console and the terminal, until told to stop.
struct SnapshotService: Service {
    let snapshotter: Snapshotter

    func run() async throws {
        await cancelWhenGracefulShutdown { await snapshotter.run() }
    }
}
