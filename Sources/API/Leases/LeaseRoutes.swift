import HTTPTypes
import Hummingbird
import HummingbirdCore
import RoostJobs

/// Workers in any language: they lease jobs, say how far they are, and how each ended. As well fenced as any worker.
struct LeaseRoutes: Sendable {
    let store: any JobStore
    let configuration: APIConfiguration
    let readiness: Readiness
    private let key: LeaseKey
    let workers: ForeignWorkers

    init(store: any JobStore, configuration: APIConfiguration, readiness: Readiness) {
        self.store = store
        self.configuration = configuration
        self.readiness = readiness
        key = LeaseKey(store: store)
        workers = ForeignWorkers(store: store)
    }

    var routes: [APIRoute] {
        [
            .post("/leases", .leaseJobs) { request, context in try await lease(request, context) },
            .post("/leases/:id/extend", .extendLease) { request, context in
                try await with(.extend, request, context) { try await extend($0, $1) }
            },
            .post("/leases/:id/progress", .noteLease) { request, context in
                try await with(.progress, request, context) { try await note($0, $1) }
            },
            .post("/leases/:id/complete", .completeLease) { request, context in
                try await with(.complete, request, context) { try await settle($0, .succeeded(result: $1.result)) }
            },
            .post("/leases/:id/fail", .failLease) { request, context in
                try await with(.fail, request, context) { try await settle($0, outcome($0, $1)) }
            },
            .post("/leases/:id/release", .releaseLease) { request, context in
                try await with(.release, request, context) { lease, report in
                    try await settle(lease, report.delay.map { .snoozed($0) } ?? .released)
                }
            },
            .post("/leases/:id/cancel", .cancelLease) { request, context in
                try await with(.cancel, request, context) { lease, report in
                    try await settle(lease, .cancelled(reason: ErrorText.cut(report.reason)))
                }
            },
        ]
    }

    private func lease(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        let envelope = LeaseEnvelope(
            try await object(request, upTo: configuration.maximumBodyBytes), limit: configuration.maximumIssues)
        guard envelope.issues.isEmpty else { throw APIError.invalid(envelope.issues, "Invalid lease") }
        let wanted = envelope.request
        // First of all: without the key no lease could be told.
        let key = try await key.value()
        await workers.asked(envelope.notice, silence: wanted.wait + wanted.lease)
        let client = context.wait()
        guard let place = configuration.metrics.waiting.enter(limit: configuration.maximumWaiting) else {
            throw APIError.busy
        }
        defer { place.leave() }
        let claimer = LeaseClaimer(store: store, readiness: readiness, logger: context.logger)
        let claims = try await claimer.claim(wanted, for: client)
        let handover = Handover(claimer: claimer, claims: claims)
        let parents = try await claimer.parents(of: claims)
        var json = JSONWriter(capacity: claims.reduce(32) { $0 + 1024 + $1.job.payload.count })
        json.object { json in
            json.key("leases")
            json.array { json in
                for claim in claims {
                    let id = LeaseID(claim, worker: wanted.worker, lease: wanted.lease)
                    json.write(
                        claim.job, parents: parents[claim.job.id] ?? [], lease: id.text(key),
                        until: claim.leased(wanted.lease), end: id.end)
                }
            }
        }
        return claimer.reply(json, handover)
    }

    /// Reads what a worker says of a job it holds.
    private func with(
        _ kind: LeaseReport.Kind, _ request: Request, _ context: APIRequestContext,
        _ body: (LeaseID, LeaseReport) async throws -> Response
    ) async throws -> Response {
        let object = try await object(request, upTo: configuration.maximumBodyBytes + Self.wrapping)
        let report = LeaseReport(object, kind, limit: configuration.maximumIssues)
        guard let text = context.parameters["id"], let lease = LeaseID(String(text), key: try await key.value()) else {
            throw APIError(.notFound, "Lease not found")
        }
        guard report.issues.isEmpty else { throw APIError.invalid(report.issues, "Invalid \(kind.rawValue)") }
        return try await body(lease, report)
    }

    private func object(_ request: Request, upTo limit: Int) async throws -> JSONObject {
        let bytes = try await request.bytes(upTo: limit, within: configuration.bodyDeadline)
        // A result may nest as deep as a payload.
        return try .parse(body: bytes.isEmpty ? Array("{}".utf8) : bytes)
    }

    /// What may stand around a result of the largest size.
    private static let wrapping = 1024
}
