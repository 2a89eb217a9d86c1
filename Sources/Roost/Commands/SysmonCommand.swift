import ArgumentParser
import FoundationEssentials
import Glibc
import RoostSysmon

struct SysmonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sysmon", abstract: "Watch the cluster: on this terminal, and on the console's port.",
        discussion: """
            A full screen on a terminal (? tells the keys, q quits), plain lines elsewhere. With --api it asks a running API,
            such as that of `roost up`, and is neither a member nor a console; else it joins the cluster of --store.
            """, aliases: ["top"])

    @Flag(help: "Show one snapshot and end.") var once = false
    @Option(help: "Show this many snapshots and end.") var count: Int?
    @Option(help: "Seconds between plain blocks when nothing changes.") var interval: Double?
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Plain lines, also on a terminal.") var plain = false
    @Flag(help: "No characters beyond ASCII.") var ascii = false
    @Flag(help: "Let uppercase keys act: pause, cancel, replay, delete, drain. Each asks first.") var rw = false
    @Option(help: "Watch through this API, without joining the cluster; ROOST_API says the same.") var api: String?
    @Option(help: "The token to show to the API; better in ROOST_TOKEN.") var token: String?
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var display = TerminalOptions(environment: ProcessInfo.processInfo.environment, isTerminal: isTerminal)
        if json { display.format = .json } else if plain { display.format = .plain }
        if ascii { display.ascii = true }
        display.mayAct = rw
        if let interval { display.interval = .milliseconds(Int64(min(max(0.1, interval), 3600) * 1000)) }
        display.count = once ? 1 : count.map { min(max(1, $0), 1_000_000_000) }
        if display.count == 1, display.format == .plain, !plain { display.format = .table }
        if isRemote {
            var client = ClientOptions()
            (client.api, client.token) = (api, token)
            return try await RemoteScreen(client: APIClient(options: client), options: display).run()
        }
        var settings = try await options.settings(defaultStore: .local)
        display.lease = settings.lease
        // One picture is taken in passing: it must not take the mesh's port from a sysmon that runs.
        if display.count != nil { settings.meshPort = 0 }
        // The screen belongs to the table: only what is wrong may write over it.
        if isTerminal, display.format != .json, options.logLevel == nil { settings.logLevel = "error" }
        try await RoostProcess(title: "sysmon", roles: [.sysmon], settings: settings, terminal: display).run()
    }

    /// Whether an API is watched rather than a store; what was typed wins over the environment.
    private var isRemote: Bool {
        if api != nil { return true }
        return ProcessInfo.processInfo.environment["ROOST_API"] != nil && !options.namesCluster
    }
}
