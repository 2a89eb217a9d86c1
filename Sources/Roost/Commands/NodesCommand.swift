import ArgumentParser
import RoostJobs

struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes", abstract: "Who is in the cluster, as the API sees it.")
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let reply = try await APIClient(options: client).get("/nodes").checked()
        if client.json { return Console.print(reply.body) }
        for node in try JSONArray.objects(reply.body) {
            func text(_ key: String) -> String { node[key].flatMap { $0.string ?? $0.int.map(String.init) } ?? "-" }
            let slots = node["slots"]?.int ?? 0
            let load = slots > 0 ? "\(text("busy"))/\(slots) busy" : ""
            Console.print(
                "\(JobText.pad(text("name"), 32))  \(JobText.pad(text("state"), 9))  \(JobText.pad(load, 12))  \(text("version"))"
            )
        }
    }
}
