import ArgumentParser

struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the release.")
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        Console.print(json ? "{\"version\":\"\(Version.current)\"}" : "roost \(Version.current)")
    }
}
