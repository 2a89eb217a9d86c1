import ArgumentParser
import FoundationEssentials
import Glibc
import RoostSysmon

struct SysmonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sysmon", abstract: "Watch the cluster: on this terminal, and on the console's port.",
        discussion: "A full screen on a terminal (? tells the keys, q quits), plain lines elsewhere.", aliases: ["top"])

    @Flag(help: "Show one snapshot and end.") var once = false
    @Option(help: "Show this many snapshots and end.") var count: Int?
    @Option(help: "Seconds between plain blocks when nothing changes.") var interval: Double?
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(help: "Plain lines, also on a terminal.") var plain = false
    @Flag(help: "No characters beyond ASCII.") var ascii = false
    @Flag(help: "Let uppercase keys act: pause, cancel, replay, delete. Each asks first.") var rw = false
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
        var settings = try await options.settings(defaultStore: .local)
        display.lease = settings.lease
        // One picture is taken in passing: it must not take the mesh's port from a sysmon that runs.
        if display.count != nil { settings.meshPort = 0 }
        // The screen belongs to the table: only what is wrong may write over it.
        if isTerminal, display.format != .json, options.logLevel == nil { settings.logLevel = "error" }
        try await RoostProcess(title: "sysmon", roles: [.sysmon], settings: settings, terminal: display).run()
    }
}
