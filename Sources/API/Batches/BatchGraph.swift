/// Who waits for whom: an order in which each comes after those it waits for, or a circle that forbids one.
struct BatchGraph {
    private var parents: [[Int]]
    private var children: [[Int]]

    /// `count` nodes that wait for nobody.
    init(count: Int) {
        parents = Array(repeating: [], count: count)
        children = parents
    }

    /// Has `child` wait for `parent`.
    mutating func add(_ parent: Int, before child: Int) {
        parents[child].append(parent)
        children[parent].append(child)
    }

    enum Order: Equatable {
        case order([Int])
        /// Each waits for the one before it, the first for the last.
        case cycle([Int])
    }

    /// Kahn's algorithm: as they were given, but each after its parents.
    var order: Order {
        var waits = parents.map(\.count)
        var order = waits.indices.filter { waits[$0] == 0 }
        order.reserveCapacity(waits.count)
        var next = 0
        while next < order.count {
            for child in children[order[next]] {
                waits[child] -= 1
                if waits[child] == 0 { order.append(child) }
            }
            next += 1
        }
        return order.count == waits.count ? .order(order) : .cycle(cycle(among: waits))
    }

    /// A circle among the nodes that still wait: each has a parent that waits too, so a walk upward comes back.
    private func cycle(among waits: [Int]) -> [Int] {
        guard var node = waits.firstIndex(where: { $0 > 0 }) else { return [] }
        var path: [Int] = []
        var place: [Int: Int] = [:]
        while place[node] == nil {
            place[node] = path.count
            path.append(node)
            guard let parent = parents[node].first(where: { waits[$0] > 0 }) else { return [] }
            node = parent
        }
        return path[(place[node] ?? 0)...].reversed()
    }
}
