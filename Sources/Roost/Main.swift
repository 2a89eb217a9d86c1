import ArgumentParser
import Glibc

@main
struct Roost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "Clustered background jobs: give work over HTTP, poll a callback, watch the cluster.",
        discussion: """
            Try it:  roost up --demo          API, worker and console in one process, on SQLite
                     roost enqueue echo '{"hello":"world"}' --wait
                     roost job list

            Flags win over the environment (ROOST_…), the environment over --config FILE, the file over the defaults.
            """,
        version: Version.current,
        groupedSubcommands: [
            CommandGroup(
                name: "Run", subcommands: [UpCommand.self, APICommand.self, NodeCommand.self, SysmonCommand.self]),
            CommandGroup(
                name: "Use",
                subcommands: [
                    EnqueueCommand.self, BulkCommand.self, JobCommand.self, BatchCommand.self, NodesCommand.self,
                ]),
            CommandGroup(
                name: "Look after",
                subcommands: [
                    QueueCommand.self, DeadCommand.self, CronCommand.self, WebhookCommand.self, TokenCommand.self,
                    AuditCommand.self, ShellCommand.self,
                    HealthCommand.self,
                    FsckCommand.self, BenchCommand.self, ConfigCommand.self, VersionCommand.self,
                ]),
        ])

    static func main() async {
        // A peer that went away must not end the process: writes to it report EPIPE instead.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Console.error("roost: \(failure.message)")
            Glibc.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
