import RoostTestKit
import Testing

@testable import RoostCluster

/// Many failure detectors under one virtual clock, on a network that delays, cuts, resets and splits, with members that
/// freeze and die. The same seed takes the same course.
struct DetectorSimulation {
    typealias Milliseconds = Int

    /// One process.
    struct Node {
        var id: MemberID
        var detector: FailureDetector
        var isDead = false
        var pausedUntil: Milliseconds = 0
        /// When it last froze, woke, died, was cut off from some or was given up: what excuses a silence.
        var troubledAt: Milliseconds = -1_000_000
        var lastAwake: Milliseconds = 0
        var diedAt: Milliseconds?
        /// When it counted which life as down.
        var downs: [MemberID: Milliseconds] = [:]
    }

    enum Event {
        case tick(Int)
        case registry(Int)
        case dial(Int, Int, attempt: Int)
        case dialFailed(Int, Int, isRefused: Bool, attempt: Int)
        case dialled(Int, Int, attempt: Int)
        case closeSeen(Int, Int, number: Int)
        case frame(DetectorFrame, from: Int, MemberID, to: Int, MemberID)
        case fault
    }

    let seed: UInt64
    let count: Int
    let faultsEnd: Milliseconds
    let end: Milliseconds
    private let base = ContinuousClock.now
    var random: SeededGenerator
    var nodes: [Node] = []
    var queue = EventQueue<Event>()
    var now: Milliseconds = 0
    /// Each end's view of the connection between two nodes; 0: none.
    var links: [Int]
    var lastLink = 0
    var isDialling: [Bool]
    /// Until when nothing goes from one node to another.
    var cutUntil: [Milliseconds]
    /// Which side of a split a node is on, and until when.
    var sides: [Int]
    var splitUntil: Milliseconds = 0
    var registryDownUntil: Milliseconds = 0
    /// The node for which something in between refuses in the name of all others, and until when.
    var deceived: (node: Int, until: Milliseconds) = (-1, 0)
    var violations: [String] = []
    var silentDowns = 0

    init(
        seed: UInt64, count: Int, faultsEnd: Milliseconds, end: Milliseconds,
        configuration: FailureDetectorConfiguration = .init()
    ) throws {
        self.seed = seed
        self.count = count
        self.faultsEnd = faultsEnd
        self.end = end
        random = SeededGenerator(seed: seed)
        links = Array(repeating: 0, count: count * count)
        isDialling = Array(repeating: false, count: count * count)
        cutUntil = Array(repeating: 0, count: count * count)
        sides = Array(repeating: 0, count: count)
        for index in 0..<count {
            let name = try Fixture.required(MemberName(role: .worker, host: "n", port: index + 1))
            let id = MemberID(name: name, incarnation: 1)
            nodes.append(Node(id: id, detector: FailureDetector(me: id, configuration: configuration)))
        }
        for index in 0..<count {
            queue.add(.registry(index), at: chance(0..<100))
            queue.add(.tick(index), at: chance(0..<500))
        }
        queue.add(.fault, at: 10_000)
    }

    func instant(_ time: Milliseconds) -> ContinuousClock.Instant { base + .milliseconds(time) }

    mutating func chance(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    func index(_ id: MemberID) -> Int { id.name.port - 1 }

    /// Runs to the end and compares the views. Gives way often: other tests run on these threads.
    mutating func run() async {
        while now < end, !queue.isEmpty {
            run(until: min(end, now + 200))
            await Task.yield()
        }
        checkViews()
    }

    mutating func run(until limit: Milliseconds) {
        while let (time, event) = queue.next() {
            guard time <= limit else {
                queue.add(event, at: time)
                now = limit
                return
            }
            now = time
            handle(event)
        }
    }

    /// A frozen process does nothing until it wakes; what happens to it waits.
    private mutating func handle(_ event: Event) {
        let actor: Int? =
            switch event {
            case .tick(let node), .registry(let node), .dial(let node, _, _), .dialFailed(let node, _, _, _),
                .dialled(let node, _, _), .closeSeen(let node, _, _):
                node
            case .frame(_, _, _, let node, _): node
            case .fault: nil
            }
        if let actor {
            if nodes[actor].isDead { return }
            if nodes[actor].pausedUntil > now { return queue.add(event, at: nodes[actor].pausedUntil) }
        }
        switch event {
        case .tick(let node): tick(node)
        case .registry(let node): readRegistry(node)
        case .dial(let node, let other, let attempt): dial(node, other, attempt)
        case .dialFailed(let node, let other, let isRefused, let attempt):
            isDialling[node * count + other] = false
            let name = nodes[other].id.name
            perform(nodes[node].detector.dialFailed(name, isRefused: isRefused, now: instant(now)), at: node)
            redial(node, other, attempt + 1)
        case .dialled(let node, let other, let attempt): connect(node, other, attempt)
        case .closeSeen(let node, let other, let number):
            guard links[node * count + other] == number else { return }
            links[node * count + other] = 0
            let ids = nodes[node].detector.peers.all.filter { index($0.id) == other }.map(\.id)
            for id in ids { perform(nodes[node].detector.closed(id, now: instant(now)), at: node) }
            redial(node, other, 0)
        case .frame(let frame, let sender, let from, let node, let to):
            guard nodes[node].id == to, links[node * count + sender] != 0 else { return }
            receive(frame, from, at: node)
        case .fault: inject()
        }
    }
}
