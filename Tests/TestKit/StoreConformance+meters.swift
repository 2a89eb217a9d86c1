import RoostJobs
import Testing

extension StoreConformance {
    /// A window that no case outlives.
    private static let month = Duration.seconds(31 * 86_400)

    static let meters: [StoreCase] = [
        StoreCase("a meter gives all of an amount or nothing") { store, _ async throws in
            var answers: [Allowance] = []
            for amount in [4, 7, 6, 1, 0] {
                answers.append(try await store.spend(amount, of: "m", limit: 10, period: month))
            }
            #expect(answers.map(\.isGranted) == [true, false, true, false, true])
            #expect(answers.map(\.remaining) == [6, 6, 0, 0, 0])
            #expect(answers.allSatisfy { $0.resetsIn > .zero && $0.resetsIn <= month })
        },
        StoreCase("meters, and periods of one, count by themselves") { store, _ async throws in
            #expect(try await store.spend(5, of: "a", limit: 5, period: month).isGranted)
            #expect(try await store.spend(5, of: "b", limit: 5, period: month).isGranted)
            #expect(try await store.spend(5, of: "a", limit: 5, period: .seconds(30 * 86_400)).isGranted)
            #expect(try await !store.spend(1, of: "a", limit: 5, period: month).isGranted)
        },
        StoreCase("a limit that is changed counts what was taken before") { store, _ async throws in
            #expect(try await store.spend(8, of: "m", limit: 10, period: month).remaining == 2)
            let lower = try await store.spend(1, of: "m", limit: 5, period: month)
            #expect(!lower.isGranted && lower.remaining == 0)
            let higher = try await store.spend(1, of: "m", limit: 20, period: month)
            #expect(higher.isGranted && higher.remaining == 11)
        },
        StoreCase("a hundred who spend at once never take more than there is") { store, _ async throws in
            let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask { try await store.spend(3, of: "m", limit: 100, period: month).isGranted ? 3 : 0 }
                }
                return try await group.reduce(0, +)
            }
            #expect(granted == 99)
            #expect(try await store.spend(0, of: "m", limit: 100, period: month).remaining == 1)
        },
        StoreCase("a window that is over is followed by a full one") { store, _ async throws in
            for _ in 0..<3 {
                try await eventually("the meter has a window of its own") {
                    let answer = try await store.spend(5, of: "m", limit: 5, period: .seconds(1))
                    #expect(answer.remaining == 0)
                    #expect(answer.resetsIn > .zero && answer.resetsIn <= .seconds(1))
                    return answer.isGranted
                }
            }
        },
        StoreCase("strange amounts, limits and periods are clamped") { store, _ async throws in
            for amount in [Int.min, -1, 0] {
                let answer = try await store.spend(amount, of: "m", limit: 3, period: month)
                #expect(answer.isGranted && answer.remaining == 3)
            }
            for limit in [Int.min, -1, 0] {
                let answer = try await store.spend(1, of: "n", limit: limit, period: month)
                #expect(!answer.isGranted && answer.remaining == 0)
            }
            let all = try await store.spend(.max, of: "o", limit: .max, period: .seconds(Int64.max))
            #expect(all.isGranted && all.remaining == 0 && all.resetsIn <= month)
            #expect(try await !store.spend(1, of: "o", limit: .max, period: month).isGranted)
            #expect(try await !store.spend(Spending.most, of: "o", limit: .max, period: month).isGranted)
            for period in [.zero, .seconds(-1), .seconds(Int64.min), .microseconds(1)] as [Duration] {
                let answer = try await store.spend(1, of: "p", limit: 10, period: period)
                #expect(answer.resetsIn > .zero && answer.resetsIn <= .seconds(1))
            }
        },
    ]
}
