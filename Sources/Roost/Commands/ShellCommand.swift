import ArgumentParser
import RoostCluster
import UnixSignals

struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "A console that joins the cluster: see nodes, call them, look at jobs.",
        discussion: "Type help for its commands. Lines may be piped in: echo nodes | roost shell")
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let isTerminal = ShellInput.isTerminal
        try await Visit.run(options, signals: isTerminal ? [.sigterm, .sighup] : [.sigterm, .sighup, .sigint]) {
            station, backend in
            guard let input = ShellInput(complete: { Shell.complete($0, station) }) else {
                throw Failure(.unavailable, "no file descriptors left")
            }
            Console.error("\(station.me.name) has joined the cluster; help lists what to type")
            let shell = Shell(station: station, store: backend.store, history: { input.history })
            var next = Shell.Next.goOn
            while next == .goOn, let line = await input.next() {
                next = isTerminal ? await Self.answer(line, shell) : await shell.run(line)
            }
        }
    }

    /// Ctrl-C gives up what is waited for and nothing else.
    private static func answer(_ line: String, _ shell: Shell) async -> Shell.Next {
        let signals = await UnixSignalsSequence(trapping: .sigint)
        return await withTaskGroup(of: Shell.Next?.self) { group in
            group.addTask { await shell.run(line) }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? .goOn
        }
    }
}
