import NIOHTTP1
import RoostJobs
import RoostTestKit
import Testing

@testable import RoostWebhooks

@Suite struct DeliveryTests {
    @Test("the end of a job is told once, signed, to whoever wants it", arguments: StoreKind.allCases)
    func told(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let telling = Telling(store: store)
            let receiver = Receiver()
            try await receiver.run { port in
                let all = try await telling.add(port, path: "/all")
                let failures = try await telling.add(port, path: "/failures") { $0.filter.events = [.failed] }
                try await telling.run {
                    let done = try await telling.end(.succeeded(result: Array(#"{"a":1}"#.utf8)))
                    let failed = try await telling.end(.failed(error: "no"))
                    let got = await receiver.got(3)
                    #expect(got.count == 3 && Set(got.map(\.id)).count == 3)
                    for request in got {
                        let hook = request.path == "/all" ? all : failures
                        #expect(request.isSigned(by: hook.secrets.current))
                        #expect(!request.isSigned(by: WebhookSecret()))
                        #expect(request.headers["content-type"] == ["application/json"])
                    }
                    func ids(_ path: String) -> Set<String> {
                        Set(got.filter { $0.path == path }.compactMap { $0.json?["data"]?.object?["id"]?.string })
                    }
                    #expect(ids("/all") == [done.description, failed.description])
                    #expect(ids("/failures") == [failed.description])
                    // The deliveries end, too, and nobody is told of that.
                    try await eventually("the deliveries are done") {
                        try await telling.deliveries().filter { $0.state == .done }.count == 3
                    }
                    try await telling.end()
                    #expect(await receiver.got(4).count == 4)
                    try await eventually("nothing is left to dispatch") {
                        try await store.ends(limit: 10, wait: .zero).isEmpty
                    }
                    #expect(try await telling.deliveries().count == 4)
                }
            }
        }
    }

    @Test("a receiver that fails twice gets the same again until it takes it")
    func retried() async throws {
        let telling = Telling(store: MemoryStore())
        let receiver = Receiver { count, _ in Receiver.Answer(status: count < 3 ? 500 : 204) }
        try await receiver.run { port in
            let webhook = try await telling.add(port)
            try await telling.run {
                try await telling.end()
                let got = await receiver.got(3)
                #expect(got.count == 3 && Set(got.map(\.id)).count == 1 && Set(got.map(\.body)).count == 1)
                let log = DeliveryLog(webhook.id, in: telling.store)
                try await eventually("the log has it all") { try await log.page(limit: 10).attempts.count == 3 }
                let records = try await log.page(limit: 10).attempts.map(\.record)
                #expect(records.map(\.attempt) == [3, 2, 1] && records.map(\.status) == [204, 500, 500])
                #expect(records.map { $0.error == nil } == [true, false, false])
                try await eventually("it counts as well again") {
                    try await telling.book.webhook(webhook.id)?.failingSince == nil
                }
            }
        }
    }

    @Test("a receiver that is away gets its deliveries when it is back")
    func restarted() async throws {
        let telling = Telling(store: MemoryStore())
        let receiver = Receiver()
        let port = try await receiver.run { $0 }
        _ = try await telling.add(port)
        var rules = telling.rules
        rules.maxAttempts = 1000
        try await Telling(store: telling.store, rules: rules).run {
            let job = try await telling.end()
            try await eventually("an attempt fails") {
                try await telling.deliveries().contains { $0.error?.contains("reached") ?? false }
            }
            try await receiver.run(port: port) { _ in
                let got = await receiver.got(1)
                #expect(got.first?.json?["data"]?.object?["id"]?.string == job.description)
            }
        }
    }

    @Test("however many dispatchers see an end at once, it is told once, under one id", arguments: StoreKind.allCases)
    func dispatchers(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let telling = Telling(store: store)
            let receiver = Receiver()
            try await receiver.run { port in
                _ = try await telling.add(port)
                var ids: Set<String> = []
                for _ in 0..<20 { ids.insert(try await telling.end().description) }
                // All of them begin with the same ends, and none knows of the others.
                let ends = try await store.ends(limit: 100, wait: .seconds(5))
                #expect(ends.count == 20)
                try await withThrowingTaskGroup { group in
                    for _ in 0..<4 { group.addTask { try await telling.dispatcher.dispatch(ends) } }
                    try await group.waitForAll()
                }
                #expect(try await telling.deliveries().count == 20)
                try await telling.run(processes: 3) {
                    let got = await receiver.got(20)
                    #expect(Set(got.compactMap { $0.json?["data"]?.object?["id"]?.string }) == ids)
                    try await eventually("all deliveries are done") {
                        try await telling.deliveries().allSatisfy { $0.state == .done }
                    }
                    #expect(receiver.requests.count == 20 && Set(receiver.requests.map(\.id)).count == 20)
                }
            }
        }
    }

    @Test("a dispatcher that stops before it forgot the ends makes no delivery twice")
    func again() async throws {
        let telling = Telling(store: MemoryStore())
        _ = try await telling.add(1)
        let job = try await telling.end(.failed(error: "no"))
        let ends = try await telling.store.ends(limit: 10, wait: .zero)
        try await telling.dispatcher.dispatch(ends)
        try await telling.dispatcher.dispatch(ends)
        #expect(try await telling.deliveries().count == 1)
        // The job lives again and ends as before: that is news.
        _ = try await telling.store.replay(job)
        let request = ClaimRequest(queues: ["q"], limit: 1, worker: "w", lease: .seconds(60))
        let claim = try #require(try await telling.store.claim(request).first)
        _ = try await telling.store.settle(claim.ticket, .failed(error: "no"))
        try await telling.dispatcher.dispatch(try await telling.store.ends(limit: 10, wait: .zero))
        #expect(try await telling.deliveries().count == 2)
    }

    @Test("410 switches a webhook off and calls off what is on its way")
    func gone() async throws {
        let telling = Telling(store: MemoryStore())
        let receiver = Receiver { _, _ in Receiver.Answer(status: 410) }
        try await receiver.run { port in
            let webhook = try await telling.add(port)
            try await telling.run {
                try await telling.end()
                try await eventually("it is switched off") {
                    try await telling.book.webhook(webhook.id)?.isEnabled == false
                }
                #expect(try await telling.book.webhook(webhook.id)?.disabledReason?.contains("410") == true)
                try await eventually("the delivery is a dead letter") {
                    try await telling.deliveries().map(\.state) == [.failed]
                }
            }
            // Nobody else wants ends: none are kept.
            try await telling.end()
            #expect(try await telling.store.ends(limit: 10, wait: .zero).isEmpty)
        }
    }

    @Test("a receiver to which nothing gets through for days is switched off, and says why")
    func patience() async throws {
        var telling = Telling(store: MemoryStore())
        telling.rules.patience = .zero
        telling.rules.maxAttempts = 50
        let receiver = Receiver { _, _ in Receiver.Answer(status: 500) }
        try await receiver.run { port in
            let webhook = try await telling.add(port)
            try await telling.run {
                try await telling.end()
                try await eventually("it is switched off") {
                    try await telling.book.webhook(webhook.id)?.isEnabled == false
                }
                #expect(try await telling.book.webhook(webhook.id)?.disabledReason?.contains("nothing got") == true)
                try await eventually("the delivery is called off") {
                    try await telling.deliveries().map(\.state) == [.cancelled]
                }
            }
        }
    }

    @Test("the wait a busy receiver asks for is kept")
    func retryAfter() async throws {
        let telling = Telling(store: MemoryStore())
        let receiver = Receiver { _, _ in Receiver.Answer(status: 503, headers: ["Retry-After": "3600"]) }
        try await receiver.run { port in
            _ = try await telling.add(port)
            try await telling.run {
                try await telling.end()
                try await eventually("it waits") { try await telling.deliveries().map(\.state) == [.scheduled] }
                let delivery = try #require(try await telling.deliveries().first)
                let wait = try #require(delivery.runAt).since(Timestamp.now())
                #expect(wait > .seconds(3500) && wait <= .seconds(3600))
            }
        }
    }

    @Test("where deliveries may not go is found out at once, and not tried again")
    func refused() async throws {
        var telling = Telling(store: MemoryStore())
        let receiver = Receiver()
        try await receiver.run { port in
            _ = try await telling.add(port)
            telling.rules.allowsPrivate = false
            try await telling.run {
                try await telling.end()
                try await eventually("it is given up") { try await telling.deliveries().map(\.state) == [.failed] }
                #expect(try await telling.deliveries().first?.attempt == 1)
            }
        }
        #expect(receiver.connections == 0)
    }

    @Test("a test and a delivery that is sent again reach a webhook that is switched off; others do not")
    func forced() async throws {
        let telling = Telling(store: MemoryStore())
        let receiver = Receiver()
        try await receiver.run { port in
            let webhook = try await telling.add(port)
            try await telling.end()
            try await telling.dispatcher.dispatch(try await telling.store.ends(limit: 10, wait: .zero))
            try await telling.book.change(webhook.id) { $0.disable() }
            let id = JobIDGenerator.shared.next()
            let test = DeliveryOrder.test(webhook.id, id: id, now: .now())
            _ = try await telling.store.enqueue([test.newJob(id: id, rules: telling.rules)])
            try await telling.run {
                #expect(await receiver.got(1).first?.json?["type"]?.string == "webhook.test")
                try await eventually("the other is called off") {
                    try await telling.deliveries().contains { $0.state == .cancelled }
                }
                let first = try #require(try await telling.deliveries().first { $0.state == .cancelled })
                let order = try #require(DeliveryOrder(payload: first.payload))
                let again = JobIDGenerator.shared.next()
                _ = try await telling.store.enqueue([order.again.newJob(id: again, rules: telling.rules)])
                #expect(await receiver.got(2).last?.id == order.message)
            }
        }
    }
}
