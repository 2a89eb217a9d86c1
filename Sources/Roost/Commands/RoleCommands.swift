import ArgumentParser
import RoostSysmon

struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "API, worker and console in one process, on SQLite unless told otherwise.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings(defaultStore: .sqlite(path: "./roost.db"))
        try await RoostProcess(title: "up", roles: [.api, .node, .sysmon], settings: settings).run()
    }
}

struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "api", abstract: "Take work in over HTTP.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await RoostProcess(title: "api", roles: [.api], settings: options.settings(defaultStore: .local)).run()
    }
}

struct NodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "node", abstract: "Run jobs.", aliases: ["worker"])
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        try await RoostProcess(title: "node", roles: [.node], settings: options.settings(defaultStore: .local)).run()
    }
}

extension StoreLocation {
    /// The store of a cluster that is tried out on one machine.
    static let local = StoreLocation.redis(url: "redis://127.0.0.1:6379")
}
