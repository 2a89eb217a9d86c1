import ArgumentParser
import RoostAPI
import RoostJobs

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the settings a role would start with, secrets left out.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings(defaultStore: .sqlite(path: "./roost.db"))
        let store =
            switch settings.store {
            case .memory: "memory:"
            case .sqlite(let path): "sqlite:\(path)"
            case .redis(let url): (try? Redaction.url(url)) ?? "redis"
            }
        for (key, value) in [
            ("store", store), ("registry", settings.registry.map { _ in "(set)" } ?? "(the store's)"),
            ("cluster", settings.cluster), ("host", settings.host), ("advertise", settings.advertise ?? "(host)"),
            ("port", "\(settings.port)"), ("console-port", "\(settings.consolePort)"),
            ("mesh-port", "\(settings.meshPort)"), ("concurrency", "\(settings.concurrency)"),
            ("queues", settings.queues.joined(separator: ",")), ("demo", "\(settings.demo)"),
            ("insecure", "\(settings.insecure)"), ("auth", settings.access.asksForTokens ? "required" : "off"),
            ("admin-token", settings.adminToken == nil ? "(none)" : "(set)"),
            ("cookie", settings.cookies.isEmpty ? "(none)" : "(set)"),
            ("mesh-tls", settings.meshCert ?? "(none)"),
            ("drain", "\(settings.drain)"), ("result-ttl", "\(settings.effectiveResultTTL)"),
            ("lease", "\(settings.lease)"), ("cancel-grace", "\(settings.cancelGrace)"),
            ("max-crashes", "\(settings.maxCrashes)"), ("max-attempts", "\(settings.maxAttempts)"),
            ("keep-done", "\(settings.retention.done)"), ("keep-failed", "\(settings.retention.failed)"),
            ("keep-cancelled", "\(settings.retention.cancelled)"), ("time-zones", settings.timeZones),
            ("stream-key", settings.streamKey.isEmpty ? "(none)" : settings.streamKey),
            ("consumer-group", settings.consumerGroup), ("log-level", settings.logLevel),
        ] + settings.door.rows { Console.print("\(JobText.pad(key, 14)) \(value)") }
    }
}
