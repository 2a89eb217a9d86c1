import Glibc
import Logging

/// Puts the log where containers and terminals expect it: on standard error.
enum LoggingSetup {
    static func logger(_ settings: Settings) throws(Failure) -> Logger {
        guard let level = Logger.Level(rawValue: settings.logLevel.lowercased()) else {
            throw Failure(.configuration, "log level: trace, debug, info, notice, warning, error or critical")
        }
        let asJSON =
            switch settings.logFormat {
            case .json: true
            case .text: false
            case .automatic: isatty(STDERR_FILENO) == 0
            }
        LoggingSystem.bootstrap { label in
            if asJSON { return JSONLogHandler(label: label, logLevel: level) }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        return Logger(label: "roost")
    }
}
