import Hummingbird
import Logging
import RoostSysmon
import ServiceLifecycle

/// The web console's server.
enum ConsoleService {
    static func make(
        _ settings: Settings, feed: SnapshotFeed, station: Station, logger: Logger, ready: ReadyLine
    ) -> any Service {
        let address = Exposure.advertised(settings)
        let host = settings.host
        return makeConsoleApplication(
            host: host, port: settings.consolePort, snapshots: feed, logger: logger,
            onServerRunning: { port in
                station.report.setConsole("\(address):\(port)")
                ready.report("console", "http://\(host):\(port)")
            })
    }
}
