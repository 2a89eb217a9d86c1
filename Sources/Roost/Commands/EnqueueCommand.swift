import ArgumentParser
import FoundationEssentials
import RoostJobs

struct EnqueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue", abstract: "Give the cluster a job.",
        discussion: """
            roost enqueue echo '{"hello":"world"}' --wait
            roost enqueue thumbnail @payload.json --queue media --priority 1
            generate | roost enqueue import - --delay 30
            """)

    @Argument(help: "The job's type.")
    var type: String
    @Argument(help: "The payload: a JSON object, @FILE, or - for standard input.")
    var payload = "{}"
    @Option(help: "The queue.")
    var queue: String?
    @Option(help: "1 (first) to 10 (last).")
    var priority: Int?
    @Option(help: "Attempts that may fail.")
    var maxAttempts: Int?
    @Option(help: "Seconds to wait before it may start.")
    var delay: Double?
    @Option(help: "When it may start (RFC 3339).")
    var runAt: String?
    @Option(help: "Seconds one attempt may run.")
    var timeout: Double?
    @Option(help: "A key no second unfinished job may have.")
    var unique: String?
    @Flag(help: "Wait for the job's end: status 0 done, 1 failed, 75 still going after --wait-seconds.")
    var wait = false
    @Option(help: "How long --wait waits.")
    var waitSeconds = 30.0
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let api = APIClient(options: client)
        let bytes = try source()
        do throws(JSONFault) {
            try JSONScanner.validate(bytes)
        } catch {
            throw Failure(.badInput, "the payload is not JSON: \(error)")
        }
        let reply = try await api.post("/jobs", body(bytes)).checked()
        guard let id = reply.object?["job_id"]?.string else { throw Failure(.software, "unexpected reply") }
        guard wait else {
            Console.print(client.json ? String(decoding: reply.body, as: UTF8.self) : id)
            return
        }
        let watch = JobWatch(api: api, id: id, limit: .seconds(min(max(0, waitSeconds), 86_400)), json: client.json)
        try await watch.run { _ in }
    }

    private func source() throws(Failure) -> [UInt8] {
        let path = payload == "-" ? "/dev/stdin" : payload.hasPrefix("@") ? String(payload.dropFirst()) : nil
        guard let path else { return Array(payload.utf8) }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(.badInput, "cannot read \(path)")
        }
    }

    private func body(_ payload: [UInt8]) -> [UInt8] {
        var members: [String] = []
        func member(_ key: String, _ value: (some CustomStringConvertible)?) {
            if let value { members.append("\"\(key)\":\(value)") }
        }
        member("type", quoted(type))
        member("queue", queue.map(quoted))
        member("priority", priority)
        member("max_attempts", maxAttempts)
        member("delay", delay)
        member("run_at", runAt.map(quoted))
        member("timeout", timeout)
        member("unique", unique.map(quoted))
        return Array("{\(members.joined(separator: ",")),\"payload\":".utf8) + payload + Array("}".utf8)
    }

    private func quoted(_ text: String) -> String {
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data("\"\"".utf8), as: UTF8.self)
    }
}
