import RoostJobs
import RoostTestKit
import Testing

@testable import RoostWebhooks

@Suite struct BookTests {
    @Test("a webhook is kept as it is, its longest form too", arguments: StoreKind.allCases)
    func kept(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let book = WebhookBook(store: store, rules: WebhookRules())
            let url = "https://example.org/" + String(repeating: "a", count: 2000)
            let names = (0..<WebhookFilter.mostNames).map { n in
                String(repeating: "x", count: 97) + String(100 + n)
            }
            var webhook = Webhook(
                url: try WebhookURL(url), note: String(repeating: "\u{1}", count: 200),
                filter: WebhookFilter(
                    events: [.done, .failed], types: names, queues: names, tags: names.map { String($0.suffix(40)) }),
                createdAt: Timestamp(milliseconds: 1_800_000_000_123))
            webhook.secrets.rotate(now: Timestamp(milliseconds: 1_800_000_000_000))
            #expect(try await book.add(webhook))
            #expect(try await book.webhook(webhook.id) == webhook)
            let now = Timestamp(milliseconds: 1_900_000_000_000)
            let changed = try await book.change(webhook.id) {
                $0.failingSince = now
                $0.disable(reason: String(repeating: "r", count: 300))
            }
            #expect(changed?.failingSince == now)
            #expect(try await book.all() == [changed])
            let log = DeliveryLog(webhook.id, in: store)
            try await log.append(
                DeliveryRecord(delivery: "d", event: "e", attempt: 1, milliseconds: 1), keeping: 10)
            #expect(try await log.page(limit: 10).attempts.map(\.record.delivery) == ["d"])
            #expect(try await book.remove(webhook.id))
            #expect(try await !book.remove(webhook.id))
            #expect(try await log.page(limit: 10).attempts.isEmpty)
            #expect(try await book.all().isEmpty)
        }
    }

    @Test("ends are kept exactly while an enabled webhook wants them", arguments: StoreKind.allCases)
    func feed(_ kind: StoreKind) async throws {
        try await kind.withStore { store in
            let telling = Telling(store: store)
            func isKept() async throws -> Bool {
                let job = try await telling.end()
                let ends = try await store.ends(limit: 100, wait: .zero)
                if let last = ends.last { try await store.forgetEnds(through: last.position) }
                return ends.contains { $0.id == job }
            }
            #expect(try await !isKept())
            let one = try await telling.add(1)
            #expect(try await isKept())
            let two = try await telling.add(2) { $0.isEnabled = false }
            try await telling.book.change(one.id) { $0.disable() }
            #expect(try await !isKept())
            try await telling.book.change(two.id) { $0.enable() }
            #expect(try await isKept())
            _ = try await telling.book.remove(one.id)
            #expect(try await isKept())
            _ = try await telling.book.remove(two.id)
            #expect(try await !isKept())
        }
    }

    @Test("changes made at once all hold")
    func together() async throws {
        let telling = Telling(store: MemoryStore())
        let webhook = try await telling.add(1)
        try await withThrowingTaskGroup { group in
            for number in 0..<8 {
                group.addTask { try await telling.book.change(webhook.id) { $0.filter.types.append("t\(number)") } }
            }
            try await group.waitForAll()
        }
        #expect(try await telling.book.webhook(webhook.id)?.filter.types.count == 8)
    }

    @Test("there are only so many")
    func limit() async throws {
        var telling = Telling(store: MemoryStore())
        telling.rules.mostWebhooks = 2
        _ = try await telling.add(1)
        _ = try await telling.add(2)
        #expect(try await !telling.book.add(Webhook(url: try WebhookURL("https://example.org/"))))
    }
}
