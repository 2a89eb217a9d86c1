import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Periodic jobs.
struct CronRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration

    /// How many coming slots are shown.
    private static let shownSlots = 5

    var routes: [APIRoute] {
        [
            .get("/cron", .listCrons) { _, _ in try await list() },
            .get("/cron/:name", .getCron) { _, context in show(try await entry(context)) },
            .put("/cron/:name", .putCron) { request, context in try await put(request, context) },
            .delete("/cron/:name", .deleteCron) { _, context in try await delete(context) },
            .post("/cron/:name/run", .runCron) { _, context in try await run(context) },
            .post("/cron/:name/pause", .pauseCron) { _, context in try await set(context, isPaused: true) },
            .post("/cron/:name/resume", .resumeCron) { _, context in try await set(context, isPaused: false) },
        ]
    }

    private func list() async throws -> Response {
        let crons = try await store.crons()
        var json = JSONWriter(capacity: 512 * crons.count + 2)
        json.array { json in for cron in crons { json.write(cron) } }
        return Response(json: json)
    }

    private func show(_ cron: CronStatus, _ status: HTTPResponse.Status = .ok) -> Response {
        let plan = slots(of: cron)
        let slots = cron.next.map { plan?.some(from: $0, count: Self.shownSlots) ?? [$0] }
        var json = JSONWriter(capacity: 768)
        json.write(cron, slots: slots ?? [])
        return Response(status: status, json: json)
    }

    private func put(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        guard let name = context.parameters.name("name") else {
            throw APIError.invalid([.init(path: "name", message: "is no name of a periodic job")], Self.invalid)
        }
        let bytes = try await request.bytes(
            upTo: configuration.maximumBodyBytes, within: configuration.bodyDeadline)
        // The job stands one level deeper than one that comes alone.
        let object = try JSONObject.parse(body: bytes, depth: JobLimits.depth + 2)
        let envelope = CronEnvelope(
            object, name: name, now: try await now(), configuration: configuration.serving(context.caller))
        guard let entry = envelope.entry, let next = envelope.next else {
            throw APIError.invalid(envelope.issues, Self.invalid)
        }
        let known = try await store.crons().first { $0.entry.name == name }
        // Who says the same again does not want a slot dropped that is due and not fired yet.
        let goesOn = known.map { $0.entry.hasSlots(of: entry) } ?? false
        let first = (goesOn ? known?.next : nil) ?? next
        try await store.putCron(entry, next: first)
        return show(CronStatus(entry: entry, next: first, last: known?.last), known == nil ? .created : .ok)
    }

    private func delete(_ context: APIRequestContext) async throws -> Response {
        guard let name = context.parameters.name("name"), try await store.deleteCron(name) else { throw Self.notFound }
        return Response(status: .noContent)
    }

    /// A job now, outside the schedule.
    private func run(_ context: APIRequestContext) async throws -> Response {
        var job = try await entry(context).entry.job
        job.id = JobIDGenerator.shared.next()
        job.start = .now
        job.batch = nil
        try await context.caller.charge(jobs: 1)
        return .accepted(try await store.accept(job), message: "Job accepted")
    }

    private func set(_ context: APIRequestContext, isPaused: Bool) async throws -> Response {
        var cron = try await entry(context)
        guard cron.entry.isPaused != isPaused else { return show(cron) }
        // Slots that passed while it was paused are dropped, also those nobody looked at yet.
        guard let next = slots(of: cron)?.next(after: try await now()) else {
            throw APIError(.conflict, "It is never due again")
        }
        cron.entry.isPaused = isPaused
        cron.next = next
        try await store.putCron(cron.entry, next: next)
        return show(cron)
    }

    private func entry(_ context: APIRequestContext) async throws -> CronStatus {
        guard let name = context.parameters.name("name"),
            let cron = try await store.crons().first(where: { $0.entry.name == name })
        else { throw Self.notFound }
        return cron
    }

    private func slots(of cron: CronStatus) -> CronSlots? {
        CronSlots(cron.entry, timeZones: configuration.timeZones)
    }

    /// The store's time: slots are its to hand out.
    private func now() async throws -> Timestamp { try await store.dueCrons(limit: 1, wait: .zero).now }

    private static let invalid = "Invalid periodic job"
    private static let notFound = APIError(.notFound, "Periodic job not found")
}

extension CronEntry {
    /// Whether both are due at the same moments.
    fileprivate func hasSlots(of other: CronEntry) -> Bool {
        schedule == other.schedule && timeZone == other.timeZone && isPaused == other.isPaused
    }
}
