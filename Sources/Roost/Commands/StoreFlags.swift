import ArgumentParser
import Configuration
import FoundationEssentials

/// Which store a command opens by itself.
struct StoreFlags: ParsableArguments {
    @Option(help: "The store, instead of the API: redis://HOST:PORT, rediss://…, unix:///PATH or sqlite:PATH.")
    var store: String?
    @Option(help: "The cluster's name, with --store.") var cluster: String?
    @Option(help: "A JSON file with settings, with --store.") var config: String?

    /// Whether a store was named, and no API.
    func isGiven(_ client: ClientOptions) -> Bool {
        if store != nil { return true }
        let environment = ProcessInfo.processInfo.environment
        return client.api == nil && environment["ROOST_API"] == nil && environment["ROOST_STORE"] != nil
    }

    /// The settings of a process that opens it.
    func settings() async throws(Failure) -> Settings {
        var flags: [String: ConfigValue] = ["logLevel": .init(.string("error"), isSecret: false)]
        if let store { flags["store"] = .init(.string(store), isSecret: true) }
        if let cluster { flags["cluster"] = .init(.string(cluster), isSecret: false) }
        let reader = try await SettingsSources.reader(
            flags: flags, file: config, environment: ProcessInfo.processInfo.environment)
        return try Settings(reader: reader, defaultStore: .sqlite(path: "./roost.db"))
    }
}
