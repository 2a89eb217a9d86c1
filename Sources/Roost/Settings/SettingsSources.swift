import Configuration
import FoundationEssentials

/// Where settings come from, in order: flags, `ROOST_…`, the names other tutorials use, the file.
enum SettingsSources {
    /// A reader over all sources; `flags` are those that were given.
    static func reader(
        flags: [String: ConfigValue], file: String?, environment: [String: String]
    ) async throws(Failure) -> ConfigReader {
        let given = InMemoryProvider(
            name: "flags",
            values: Dictionary(uniqueKeysWithValues: flags.map { (AbsoluteConfigKey([$0.key]), $0.value) }))
        var providers: [any ConfigProvider] = [
            given,
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "roost"),
            InMemoryProvider(name: "aliases", values: aliases(environment)),
        ]
        if let file = file ?? environment["ROOST_CONFIG"] {
            providers.append(InMemoryProvider(name: "file", values: try SettingsFile.values(file)))
        }
        return ConfigReader(providers: providers)
    }

    /// Environment names that the documents Roost grew from use.
    private static func aliases(_ environment: [String: String]) -> [AbsoluteConfigKey: ConfigValue] {
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        func alias(_ name: String, _ key: String, isNumber: Bool = false) {
            if let value = environment[name] {
                // A number is stored as one: in-memory values are not converted when they are read.
                let content = isNumber ? Int(value).map { ConfigContent.int($0) } ?? .string(value) : .string(value)
                values[AbsoluteConfigKey([key])] = ConfigValue(content, isSecret: key == "cookie")
            }
        }
        alias("PORT", "port", isNumber: true)
        alias("MAX_CONCURRENCY", "concurrency", isNumber: true)
        alias("MAX_ATTEMPTS", "maxAttempts", isNumber: true)
        alias("REDIS_TTL", "resultTtl", isNumber: true)
        alias("CONSUMER_NAME", "name")
        alias("COOKIE", "cookie")
        alias("STREAM_KEY", "streamKey")
        alias("CONSUMER_GROUP", "consumerGroup")
        if environment["REDIS_HOST"] != nil || environment["REDIS_PORT"] != nil {
            let url = "redis://\(environment["REDIS_HOST"] ?? "127.0.0.1"):\(environment["REDIS_PORT"] ?? "6379")"
            values[AbsoluteConfigKey(["store"])] = ConfigValue(.string(url), isSecret: false)
        }
        return values
    }
}
