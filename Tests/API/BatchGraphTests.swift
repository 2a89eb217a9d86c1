import Testing

@testable import RoostAPI

@Suite("the order of a batch")
struct BatchGraphTests {
    private func graph(_ count: Int, _ edges: [(Int, Int)]) -> BatchGraph {
        var graph = BatchGraph(count: count)
        for (parent, child) in edges { graph.add(parent, before: child) }
        return graph
    }

    @Test("those that wait for nobody stay as they were given")
    func plain() {
        #expect(graph(0, []).order == .order([]))
        #expect(graph(4, []).order == .order([0, 1, 2, 3]))
    }

    @Test("parents come before their children")
    func diamond() {
        #expect(graph(4, [(3, 2), (3, 1), (2, 0), (1, 0)]).order == .order([3, 2, 1, 0]))
    }

    @Test("a circle is named, each after the one it waits for, without what only leads to it")
    func circles() {
        #expect(graph(1, [(0, 0)]).order == .cycle([0]))
        guard case .cycle(let cycle) = graph(5, [(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)]).order else {
            Issue.record("no circle")
            return
        }
        #expect(Set(cycle) == [1, 2, 3])
        for (place, node) in cycle.enumerated() {
            let parent = cycle[(place + cycle.count - 1) % cycle.count]
            #expect([[1, 2], [2, 3], [3, 1]].contains([parent, node]))
        }
    }

    @Test("random graphs have an order with parents first exactly when they have no circle")
    func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let count = Int.random(in: 2...12, using: &generator)
            let edges = (0..<Int.random(in: 0...20, using: &generator)).map { _ in
                (Int.random(in: 0..<count, using: &generator), Int.random(in: 0..<count, using: &generator))
            }
            switch graph(count, edges).order {
            case .order(let order):
                #expect(Set(order).count == count)
                for (parent, child) in edges {
                    #expect((order.firstIndex(of: parent) ?? 0) < (order.firstIndex(of: child) ?? 0))
                }
            case .cycle(let cycle):
                for (place, node) in cycle.enumerated() {
                    let parent = cycle[(place + cycle.count - 1) % cycle.count]
                    #expect(edges.contains { $0 == (parent, node) })
                }
            }
        }
    }

    @Test("ten thousand in a chain are put in order without recursion")
    func deep() {
        let count = 10_000
        #expect(
            graph(count, (1..<count).map { ($0, $0 - 1) }).order == .order((0..<count).reversed().map { $0 }))
        guard case .cycle(let cycle) = graph(count, (0..<count).map { ($0, ($0 + 1) % count) }).order else {
            Issue.record("no circle")
            return
        }
        #expect(cycle.count == count)
    }
}
