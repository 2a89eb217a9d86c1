import RoostJobs
import Testing

extension StoreConformance {
    static let logs: [StoreCase] = [
        StoreCase("a log is read newest first and in pages") { store, _ async throws in
            #expect(try await store.entries(of: "l", before: nil, limit: 10).isEmpty)
            for number in 0..<25 as Range<UInt8> { try await store.append([number, 0, 255], to: "l", keeping: 100) }
            try await store.append([99], to: "other", keeping: 100)
            var seen: [StoredEntry] = []
            var position: Int64?
            for count in [10, 10, 5, 0] {
                let page = try await store.entries(of: "l", before: position, limit: 10)
                #expect(page.count == count)
                seen += page
                position = page.last?.position ?? position
            }
            #expect(seen.map(\.body) == (0..<25).reversed().map { [$0, 0, 255] })
            for (newer, older) in zip(seen, seen.dropFirst()) {
                #expect(newer.position > older.position)
                #expect(newer.at >= older.at)
            }
            #expect(try await store.entries(of: "other", before: nil, limit: 10).map(\.body) == [[99]])
        },
        StoreCase("a page stays the same while entries come") { store, _ async throws in
            for number in 0..<10 as Range<UInt8> { try await store.append([number], to: "l", keeping: 100) }
            let first = try await store.entries(of: "l", before: nil, limit: 5)
            for number in 10..<20 as Range<UInt8> { try await store.append([number], to: "l", keeping: 100) }
            let second = try await store.entries(of: "l", before: first.last?.position, limit: 5)
            #expect(second.map(\.body) == [[4], [3], [2], [1], [0]])
        },
        StoreCase("a log keeps its newest entries") { store, _ async throws in
            for number in 0..<60 as Range<UInt8> { try await store.append([number], to: "l", keeping: 7) }
            #expect(try await bodies(store) == Array((53..<60).reversed()))
            // Kept more from now on: what went is gone.
            for number in 60..<64 as Range<UInt8> { try await store.append([number], to: "l", keeping: 10) }
            #expect(try await bodies(store) == Array((54..<64).reversed()))
            try await store.append([64], to: "l", keeping: 3)
            #expect(try await bodies(store) == [64, 63, 62])
            try await store.append([65], to: "l", keeping: 100)
            #expect(try await bodies(store) == [65, 64, 63, 62])
        },
        StoreCase("strange numbers of entries are clamped") { store, _ async throws in
            for keeping in [Int.max, 0] { try await store.append([1], to: "l", keeping: keeping) }
            #expect(try await bodies(store) == [1])
            try await store.append([2], to: "l", keeping: .min)
            #expect(try await bodies(store) == [2])
            for _ in 0..<210 { try await store.append([3], to: "l", keeping: .max) }
            #expect(try await store.entries(of: "l", before: nil, limit: .max).count == 200)
            #expect(try await store.entries(of: "l", before: .max, limit: 200).count == 200)
            for limit in [0, -1, Int.min] {
                #expect(try await store.entries(of: "l", before: nil, limit: limit).count == 1)
            }
            for position in [0, -1, Int64.min] {
                #expect(try await store.entries(of: "l", before: position, limit: 200).isEmpty)
            }
        },
        StoreCase("entries of thirty writers at once are all kept, each at its own position") { store, _ async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<30 as Range<UInt8> {
                    group.addTask { try await store.append([number], to: "l", keeping: 100) }
                }
                try await group.waitForAll()
            }
            let entries = try await store.entries(of: "l", before: nil, limit: 200)
            #expect(entries.flatMap(\.body).sorted() == Array(0..<30))
            #expect(Set(entries.map(\.position)).count == 30)
        },
    ]

    private static func bodies(_ store: any JobStore) async throws -> [UInt8] {
        try await store.entries(of: "l", before: nil, limit: 200).flatMap(\.body)
    }
}
