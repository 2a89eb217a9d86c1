import ArgumentParser
import Configuration
import FoundationEssentials

/// The flags every role understands. None has a default here: what is not given is asked of the environment next.
struct SettingsOptions: ParsableArguments {
    @Option(
        help: """
            Where jobs rest: redis://HOST:PORT, rediss://…, redis+sentinel://…, redis+cluster://…, unix:///PATH, sqlite:PATH \
            or memory:.
            """)
    var store: String?
    @Option(help: "Where members find each other, when not in the store's Redis.")
    var registry: String?
    @Option(help: "The cluster's name: members and jobs of another name are not seen.")
    var cluster: String?
    @Option(help: "The address to listen on.")
    var host: String?
    @Option(help: "The address peers are told.")
    var advertise: String?
    @Option(help: "The API's port; 0 picks one.")
    var port: Int?
    @Option(help: "The console's port; 0 picks one.")
    var consolePort: Int?
    @Option(help: "The mesh's port; 0 picks one.")
    var meshPort: Int?
    @Option(help: "Jobs that run at the same time.")
    var concurrency: Int?
    @Option(help: "The queues to serve, separated by commas.")
    var queues: String?
    @Option(help: "Origins whose web pages may use the API, separated by commas; * stands for all.")
    var cors: String?
    @Flag(help: "Register the demo handlers (echo, sleep, fail, noop, …).")
    var demo = false
    @Flag(help: "Let webhooks reach this machine and private networks, and without TLS.")
    var webhookAllowPrivate = false
    @Flag(help: "Listen off loopback without credentials.")
    var insecure = false
    @Option(help: "required: the API and the console ask for a token; off: they do not. Off loopback they always do.")
    var auth: String?
    @Option(help: "The mesh's shared secret; better in ROOST_COOKIE.")
    var cookie: String?
    @Option(help: "This member's certificate for the mesh, a PEM file; with --mesh-key and --mesh-ca: mutual TLS.")
    var meshCert: String?
    @Option(help: "The certificate's key, a PEM file.")
    var meshKey: String?
    @Option(help: "The authority whose certificates are taken, a PEM file.")
    var meshCa: String?
    @Option(help: "The member's name; role@host:mesh-port otherwise.")
    var name: String?
    @Option(help: "Seconds that running jobs may take after SIGTERM.")
    var drainSeconds: Int?
    @Option(help: "A JSON file with these settings.")
    var config: String?
    @Option(help: "auto, text or json.")
    var logFormat: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    /// The flags that were given, as configuration.
    var given: [String: ConfigValue] {
        var values: [String: ConfigValue] = [:]
        func put(_ key: String, _ content: ConfigContent?) {
            if let content { values[key] = ConfigValue(content, isSecret: key == "cookie" || key == "store") }
        }
        for (key, text) in [
            ("store", store), ("registry", registry), ("cluster", cluster), ("host", host), ("advertise", advertise),
            ("auth", auth), ("cookie", cookie), ("name", name), ("logFormat", logFormat), ("logLevel", logLevel),
            ("meshCert", meshCert), ("meshKey", meshKey), ("meshCa", meshCa),
        ] { put(key, text.map { .string($0) }) }
        for (key, number) in [
            ("port", port), ("consolePort", consolePort), ("meshPort", meshPort), ("concurrency", concurrency),
            ("drainSeconds", drainSeconds),
        ] { put(key, number.map { .int($0) }) }
        put("queues", queues.map { .stringArray($0.split(separator: ",").map(String.init)) })
        put("cors", cors.map { .stringArray($0.split(separator: ",").map(String.init)) })
        if demo { put("demo", .bool(true)) }
        if webhookAllowPrivate { put("webhookAllowPrivate", .bool(true)) }
        if insecure { put("insecure", .bool(true)) }
        return values
    }

    func settings(defaultStore: StoreLocation) async throws(Failure) -> Settings {
        let reader = try await SettingsSources.reader(
            flags: given, file: config, environment: ProcessInfo.processInfo.environment)
        return try Settings(reader: reader, defaultStore: defaultStore)
    }
}
