import ArgumentParser
import NIOCore
import NIOPosix

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running role whether it is well: for containers and load balancers.",
        discussion:
            "Status 0: well. 69: not. The API is asked for /readyz, the console for /livez, a node for its mesh port.")

    enum Role: String, ExpressibleByArgument { case api, node, worker, sysmon, up }

    @Option(help: "api, node, sysmon or up.") var role = Role.api
    @OptionGroup var client: ClientOptions
    @OptionGroup var options: SettingsOptions

    func run() async throws {
        let settings = try await options.settings(defaultStore: .memory)
        switch role {
        case .api, .up:
            var client = client
            // `--port` names an API on this machine unless `--api` names another.
            if client.api == nil, options.port != nil { client.api = "http://127.0.0.1:\(settings.port)" }
            let reply = try await APIClient(options: client).get("/readyz", timeout: .seconds(3))
            guard reply.status == 200 else { throw Failure(.unavailable, "not ready: HTTP \(reply.status)") }
        case .sysmon:
            var client = client
            client.api = client.api ?? "http://127.0.0.1:\(settings.consolePort)"
            let reply = try await APIClient(options: client).get("/livez", timeout: .seconds(3))
            guard reply.status == 200 else { throw Failure(.unavailable, "not well: HTTP \(reply.status)") }
        case .node, .worker:
            do {
                let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .connectTimeout(.seconds(3)).connect(host: "127.0.0.1", port: settings.meshPort).get()
                try await channel.close().get()
            } catch {
                throw Failure(.unavailable, "nothing listens on the mesh port \(settings.meshPort)")
            }
        }
        Console.print(client.json ? "{\"status\":\"OK\"}" : "OK")
    }
}
