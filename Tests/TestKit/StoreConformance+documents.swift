import RoostJobs
import Testing

extension StoreConformance {
    static let documents: [StoreCase] = [
        StoreCase("a document is kept as it was written, its version grows with each write") { store, _ async throws in
            #expect(try await store.document("a", in: "c") == nil)
            #expect(try await store.putDocument("a", in: "c", body: [0, 10, 32, 255], replacing: 0) == 1)
            #expect(try await store.document("a", in: "c") == Document(name: "a", version: 1, body: [0, 10, 32, 255]))
            #expect(try await store.putDocument("a", in: "c", body: [], replacing: 1) == 2)
            #expect(try await store.document("a", in: "c") == Document(name: "a", version: 2, body: []))
            let long = [UInt8](repeating: 200, count: Document.mostBytes)
            #expect(try await store.putDocument("a", in: "c", body: long, replacing: 2) == 3)
            #expect(try await store.document("a", in: "c")?.body == long)
            #expect(try await store.document("a", in: "other") == nil)
        },
        StoreCase("a write that replaces another version changes nothing") { store, _ async throws in
            for version in [1, -1, .max, .min] {
                #expect(try await store.putDocument("a", in: "c", body: [1], replacing: version) == nil)
            }
            #expect(try await store.documents(in: "c").isEmpty)
            #expect(try await store.putDocument("a", in: "c", body: [1], replacing: 0) == 1)
            for version in [0, 2, -1, .max, .min] {
                #expect(try await store.putDocument("a", in: "c", body: [2], replacing: version) == nil)
            }
            #expect(try await store.document("a", in: "c") == Document(name: "a", version: 1, body: [1]))
        },
        StoreCase("a collection is told by name, whatever the order of its writes") { store, _ async throws in
            let names = ["b", "B", "a:1", "a-1", "10", "9", "_", "z@h/x.y"]
            for name in names { _ = try await store.putDocument(name, in: "c", body: [1], replacing: 0) }
            _ = try await store.putDocument("x", in: "c2", body: [2], replacing: 0)
            #expect(try await store.documents(in: "c").map(\.name) == names.sorted())
            #expect(try await store.documents(in: "c2") == [Document(name: "x", version: 1, body: [2])])
            #expect(try await store.documents(in: "none").isEmpty)
        },
        StoreCase("hundreds of documents are all told") { store, _ async throws in
            let names = (0..<321).map { "d\($0)" }
            for name in names { _ = try await store.putDocument(name, in: "c", body: Array(name.utf8), replacing: 0) }
            let documents = try await store.documents(in: "c")
            #expect(documents.map(\.name) == names.sorted())
            #expect(documents.allSatisfy { $0.body == Array($0.name.utf8) && $0.version == 1 })
        },
        StoreCase("a document that is taken away is gone, and may be written anew") { store, _ async throws in
            #expect(try await !store.removeDocument("a", in: "c"))
            _ = try await store.putDocument("a", in: "c", body: [1], replacing: 0)
            _ = try await store.putDocument("a", in: "c", body: [2], replacing: 1)
            #expect(try await store.removeDocument("a", in: "c"))
            #expect(try await !store.removeDocument("a", in: "c"))
            #expect(try await store.document("a", in: "c") == nil)
            #expect(try await store.documents(in: "c").isEmpty)
            #expect(try await store.putDocument("a", in: "c", body: [3], replacing: 2) == nil)
            #expect(try await store.putDocument("a", in: "c", body: [3], replacing: 0) == 1)
        },
        StoreCase("of fifty writers at once one wins each version") { store, _ async throws in
            for version in 0..<5 {
                let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                    for writer in 0..<50 as Range<UInt8> {
                        group.addTask {
                            let made = try await store.putDocument("a", in: "c", body: [writer], replacing: version)
                            #expect(made == nil || made == version + 1)
                            return made == nil ? nil : writer
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
                }
                #expect(winners.count == 1)
                #expect(try await store.document("a", in: "c")?.body == winners)
            }
        },
        StoreCase("fifty writers that read and try again lose no write") { store, _ async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<50 as Range<UInt8> {
                    group.addTask {
                        // Each round has a winner, so none tries more often than there are writers.
                        for _ in 0...50 {
                            let known = try await store.document("a", in: "c")
                            let body = (known?.body ?? []) + [writer]
                            let made = try await store.putDocument(
                                "a", in: "c", body: body, replacing: known?.version ?? 0)
                            if made != nil { return }
                        }
                        Issue.record("writer \(writer) never won")
                    }
                }
                try await group.waitForAll()
            }
            let document = try #require(try await store.document("a", in: "c"))
            #expect(document.version == 50)
            #expect(document.body.sorted() == Array(0..<50))
        },
        StoreCase("names that are none and bodies that are too long are refused everywhere") {
            store, clock async throws in
            let long = [UInt8](repeating: 32, count: Document.mostBytes + 1)
            await clock.expect(.invalid) { _ = try await store.putDocument("a", in: "c", body: long, replacing: 0) }
            await clock.expect(.invalid) { try await store.append(long, to: "l", keeping: 5) }
            for bad in ["", " ", "a b", "ü", "a\0", "a\n", "*", "{x}", String(repeating: "n", count: 101)] {
                await clock.expect(.invalid) { _ = try await store.documents(in: bad) }
                await clock.expect(.invalid) { _ = try await store.document(bad, in: "c") }
                await clock.expect(.invalid) { _ = try await store.document("a", in: bad) }
                await clock.expect(.invalid) { _ = try await store.putDocument(bad, in: "c", body: [], replacing: 0) }
                await clock.expect(.invalid) { _ = try await store.putDocument("a", in: bad, body: [], replacing: 0) }
                await clock.expect(.invalid) { _ = try await store.removeDocument(bad, in: "c") }
                await clock.expect(.invalid) { _ = try await store.removeDocument("a", in: bad) }
                await clock.expect(.invalid) { try await store.append([], to: bad, keeping: 5) }
                await clock.expect(.invalid) { _ = try await store.entries(of: bad, before: nil, limit: 5) }
                await clock.expect(.invalid) { _ = try await store.spend(1, of: bad, limit: 5, period: .seconds(1)) }
            }
            #expect(try await store.documents(in: "c").isEmpty)
            #expect(try await store.entries(of: "l", before: nil, limit: 5).isEmpty)
        },
        StoreCase("what is kept beside jobs is none of theirs, and no check's finding") { store, _ async throws in
            _ = try await store.putDocument("a", in: "c", body: [1], replacing: 0)
            try await store.append([1], to: "l", keeping: 5)
            _ = try await store.spend(1, of: "m", limit: 5, period: .seconds(86_400))
            #expect(try await store.check(repair: true) == StoreReport())
            #expect(try await store.counts().total == 0)
            #expect(try await store.document("a", in: "c")?.body == [1])
            #expect(try await store.entries(of: "l", before: nil, limit: 5).count == 1)
            #expect(try await store.spend(0, of: "m", limit: 5, period: .seconds(86_400)).remaining == 4)
        },
    ]
}
