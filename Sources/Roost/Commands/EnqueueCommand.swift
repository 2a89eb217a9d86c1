import ArgumentParser
import RoostJobs

struct EnqueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enqueue", abstract: "Give the cluster a job.",
        discussion: """
            roost enqueue echo '{"hello":"world"}' --wait
            roost enqueue thumbnail @payload.json --queue media --priority 1
            generate | roost enqueue import - --delay 30
            roost enqueue mail --retry 10,60,600 --unique-content --deadline-in 3600
            """)

    @Argument(help: "The job's type.")
    var type: String
    @Argument(help: "The payload: a JSON object, @FILE, or - for standard input.")
    var payload = "{}"
    @OptionGroup var job: JobFlags
    @Option(help: "Seconds to wait before it may start.")
    var delay: Double?
    @Option(help: "When it may start (RFC 3339).")
    var runAt: String?
    @Option(help: "When it must have started (RFC 3339).")
    var startBy: String?
    @Option(help: "When it must have ended (RFC 3339).")
    var deadline: String?
    @Option(name: .customLong("depends-on"), help: "A job that must end before; may be given again.")
    var parents: [String] = []
    @Option(help: "done (the default): a parent that failed cancels it; ended: however the parents end.")
    var dependsRule: String?
    @Option(help: "A name for this request: given again with the same job, it is the same job.")
    var idempotencyKey: String?
    @Flag(help: "Wait for the job's end: status 0 done, 1 failed, 75 still going after --wait-seconds.")
    var wait = false
    @Option(help: "How long --wait waits.")
    var waitSeconds = 30.0
    @OptionGroup var client: ClientOptions

    func run() async throws {
        let api = APIClient(options: client)
        let reply = try await api.post("/jobs", body(), idempotencyKey: idempotencyKey).checked()
        guard let id = reply.object?["job_id"]?.string else { throw Failure(.software, "unexpected reply") }
        if reply.object?["duplicate"]?.bool ?? false { Console.error("this job stands for it already") }
        guard wait else {
            Console.print(client.json ? String(decoding: reply.body, as: UTF8.self) : id)
            return
        }
        let watch = JobWatch(api: api, id: id, limit: .seconds(min(max(0, waitSeconds), 86_400)), json: client.json)
        try await watch.run { _ in }
    }

    private func body() throws(Failure) -> [UInt8] {
        var members = JSONMembers()
        members.add("type", type)
        try job.add(to: &members)
        try members.add("delay", seconds: delay)
        members.add("run_at", runAt)
        members.add("start_by", startBy)
        members.add("deadline", deadline)
        members.add("depends_on", parents)
        members.add("depends_rule", dependsRule)
        members.add("payload", json: try JSONSource.read(payload, what: "the payload"))
        return members.bytes
    }
}
