import ArgumentParser
import Glibc
import Logging
import NIOPosix
import RoostCluster
import RoostJobs
import ServiceLifecycle
import UnixSignals

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "A console that joins the cluster: see nodes, call them, look at jobs.")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        var settings = try await options.settings(defaultStore: .local)
        if options.meshPort == nil { settings.meshPort = 0 }
        if options.logLevel == nil { settings.logLevel = "error" }
        try Exposure.check(settings, roles: [.node])
        let logger = try LoggingSetup.logger(settings)
        let group = MultiThreadedEventLoopGroup.singleton
        let backend = try await Backend.open(settings, group: group, logger: logger)
        let station = try await Station(
            settings, member: .shell, roles: [.shell], registry: backend.registry, group: group, logger: logger)
        Console.error("\(station.me.name) is joining; help lists what to type")
        let shell = ShellService(shell: Shell(station: station, store: backend.store))
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: station.service),
                    .init(service: shell, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await services.run()
        await backend.close()
    }
}

/// Reads a line, answers it, until the input ends or somebody quits.
private struct ShellService: Service {
    let shell: Shell

    func run() async throws {
        let prompt = isatty(STDIN_FILENO) == 1
        // Commands that were typed ahead find the others: the first beat has been answered, or two seconds are over.
        await shell.station.registered(upTo: .seconds(2))
        if prompt { Console.write("roost> ") }
        await cancelWhenGracefulShutdown {
            for await line in LineReader.lines() {
                guard let answer = await shell.answer(line) else { return }
                if !answer.isEmpty { Console.print(answer) }
                if prompt { Console.write("roost> ") }
            }
        }
    }
}
