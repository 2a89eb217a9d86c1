import ArgumentParser
import FoundationEssentials

/// Two ways to a cluster: through an API, or as a member that joins it.
struct ClusterAccess: ParsableArguments {
    @Option(help: "The API to ask; ROOST_API, then http://127.0.0.1:4000.") var api: String?
    @Option(help: "The token to show; better in ROOST_TOKEN.") var token: String?
    @Flag(help: "Print JSON.") var json = false
    @OptionGroup var options: SettingsOptions

    /// Whether it was said which cluster to join.
    var isOfCluster: Bool { api == nil && options.namesCluster }

    /// The API to ask.
    var client: APIClient {
        var client = ClientOptions()
        (client.api, client.token, client.json) = (api, token, json)
        return APIClient(options: client)
    }
}

extension SettingsOptions {
    /// Whether it was said which cluster to join, rather than which API to ask. What was typed wins over the environment.
    var namesCluster: Bool {
        let environment = ProcessInfo.processInfo.environment
        if (store ?? registry ?? config) != nil { return true }
        return environment["ROOST_API"] == nil
            && (environment["ROOST_STORE"] != nil || environment["ROOST_REGISTRY"] != nil)
    }
}
