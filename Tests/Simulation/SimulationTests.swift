import Glibc
import RoostJobs
import RoostTestKit
import Synchronization
import Testing

/// How often each kind of fault struck.
private final class FaultCount: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    var all: [String: Int] { counts.withLock { $0 } }

    func add(_ faults: [String: Int]) { counts.withLock { $0.merge(faults, uniquingKeysWith: +) } }
}

/// Lives of a cluster under a virtual clock. `ROOST_SEEDS=1000000 make test` lives more of them; `ROOST_SEED=n` lives
/// one again and says what happened.
@Suite("A cluster's life", .serialized)
struct SimulationTests {
    private static func number(_ name: String) -> UInt64? { getenv(name).flatMap { UInt64(String(cString: $0)) } }

    @Test("keeps every promise, whatever is lost, repeated, late, stopped or killed")
    func promises() async {
        if let seed = Self.number("ROOST_SEED") {
            var life = Simulation(seed: seed)
            life.story = []
            let broken = life.run()
            for line in life.story ?? [] { print(line) }
            #expect(broken == [], "seed \(seed)")
            return
        }
        let faults = FaultCount()
        let count = Self.number("ROOST_SEEDS") ?? 10_000
        await Self.each(1...count) { seed in
            var life = Simulation(seed: seed)
            let broken = life.run()
            if !broken.isEmpty { Issue.record("seed \(seed): \(broken)") }
            faults.add(life.faults)
            return broken.isEmpty
        }
        // A fault that never struck would prove nothing.
        let struck = faults.all
        print("faults in \(count) lives:", struck.sorted { $0.key < $1.key })
        for kind in ["request lost", "request repeated", "request late", "reply lost", "crash", "stall", "clock step"] {
            #expect(struck[kind] ?? 0 >= min(100, Int(count / 100)), "\(kind)")
        }
    }

    @Test("shows every planted fault", arguments: Mutant.allCases)
    func mutants(mutant: Mutant) {
        for seed in 1...2000 as ClosedRange<UInt64> {
            var life = Simulation(seed: seed, mutant: mutant)
            if !life.run().isEmpty { return }
        }
        Issue.record("\(mutant) was not caught in 2,000 lives")
    }

    @Test("is the same again for the same seed")
    func replay() {
        for seed in [3, 77, 1234] as [UInt64] {
            var first = Simulation(seed: seed, mutant: .neverReclaims)
            var second = Simulation(seed: seed, mutant: .neverReclaims)
            #expect(first.run().count == second.run().count)
            #expect(first.calls == second.calls)
        }
    }

    /// Does it for every seed, on all cores, until one fails.
    private static func each(_ seeds: ClosedRange<UInt64>, _ body: @escaping @Sendable (UInt64) -> Bool) async {
        let cores = UInt64(clamping: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        await withDiscardingTaskGroup { group in
            for core in 0..<cores {
                group.addTask {
                    for seed in stride(from: seeds.lowerBound + core, through: seeds.upperBound, by: Int(cores)) {
                        guard body(seed) else { return }
                    }
                }
            }
        }
    }
}
