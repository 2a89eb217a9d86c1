import Logging
import NIOPosix
import RoostJobs
import RoostNode
import RoostSupervision
import RoostTestKit
import Testing

@testable import RoostWebhooks

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// What a process that serves the API has for webhooks: dispatchers and a node that makes deliveries, in short times.
struct Telling: Sendable {
    let store: any JobStore
    var rules = Telling.quick

    static let quick: WebhookRules = {
        var rules = WebhookRules()
        rules.allowsPrivate = true
        rules.retry = RetryPolicy(.fixed(.milliseconds(5)))
        rules.wait = .milliseconds(200)
        rules.timeout = .seconds(5)
        return rules
    }()

    var book: WebhookBook { WebhookBook(store: store, rules: rules) }

    var dispatcher: WebhookDispatcher { WebhookDispatcher(store: store, rules: rules, logger: silent) }

    /// Adds a webhook for a receiver on this machine.
    func add(_ port: Int, path: String = "/", _ change: (inout Webhook) -> Void = { _ in }) async throws -> Webhook {
        var webhook = Webhook(url: try WebhookURL("http://127.0.0.1:\(port)\(path)"))
        change(&webhook)
        #expect(try await book.add(webhook))
        return webhook
    }

    /// Runs so many such processes beside the body.
    func run(processes: Int = 1, _ body: () async throws -> Void) async throws {
        let delivery = WebhookDelivery(
            store: store, rules: rules, agent: "roost/test", group: MultiThreadedEventLoopGroup.singleton,
            logger: silent)
        var handlers = HandlerRegistry()
        try handlers.register(raw: DeliveryOrder.type) { try await delivery.run($0, $1) }
        try await withThrowingTaskGroup { group in
            for number in 0..<processes {
                let dispatcher = dispatcher
                var configuration = NodeConfiguration(
                    name: "api\(number)@test", queues: [DeliveryOrder.queue], concurrency: 8,
                    claimWait: .milliseconds(500), drain: .zero)
                configuration.upkeep = .moving
                let node = try NodeService(
                    store: store, handlers: handlers, configuration: configuration,
                    extraDuties: [Duty(name: "webhooks") { try await dispatcher.run() }], logger: silent)
                group.addTask { try await node.run() }
            }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Gives a job and has it end at once.
    @discardableResult
    func end(_ outcome: Outcome = .succeeded(result: Array("1".utf8)), _ change: (inout NewJob) -> Void = { _ in })
        async throws -> JobID
    {
        var job = NewJob(type: "t", queue: "q", payload: Array("{}".utf8))
        change(&job)
        _ = try await store.enqueue([job])
        let request = ClaimRequest(queues: [job.queue], limit: 1, worker: "w", lease: .seconds(60))
        let claim = try #require(try await store.claim(request).first)
        _ = try await store.settle(claim.ticket, outcome)
        return claim.job.id
    }

    /// The jobs that make deliveries.
    func deliveries() async throws -> [JobRecord] {
        try await store.list(JobQuery(type: DeliveryOrder.type, limit: 200)).jobs
    }
}
