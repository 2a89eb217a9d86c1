import Glibc
import Testing

@testable import RoostCluster

@Suite("Failure detector, simulated")
struct DetectorSimulationTests {
    /// `ROOST_SEEDS` says how many seeds, `ROOST_SEED` is one alone, to repeat what failed.
    static func seeds(_ usual: Int) -> [UInt64] {
        if let one = getenv("ROOST_SEED").flatMap({ UInt64(String(cString: $0)) }) { return [one] }
        let asked = getenv("ROOST_SEEDS").flatMap { Int(String(cString: $0)) }
        return (1...UInt64(min(max(1, asked ?? usual), 100_000))).map { $0 }
    }

    @Test(
        "whatever fails among 12 members: nobody who is there is given up, views agree afterwards",
        arguments: seeds(6))
    func few(seed: UInt64) async throws {
        var simulation = try DetectorSimulation(seed: seed, count: 12, faultsEnd: 120_000, end: 240_000)
        await simulation.run()
        #expect(simulation.violations == [], "repeat with ROOST_SEED=\(seed)")
    }

    @Test("the same among 100 members", arguments: seeds(1))
    func many(seed: UInt64) async throws {
        var simulation = try DetectorSimulation(seed: seed, count: 100, faultsEnd: 16_000, end: 50_000)
        await simulation.run()
        #expect(simulation.violations == [], "repeat with ROOST_SEED=\(seed)")
    }

    @Test("a member that is killed is down everywhere within half a second, proved by the refused port")
    func kill() async throws {
        for count in [2, 3, 5, 20] {
            var simulation = try DetectorSimulation(seed: 1, count: count, faultsEnd: 0, end: 20_000)
            simulation.run(until: 19_000)
            simulation.kill(1)
            await simulation.run()
            for (number, node) in simulation.nodes.enumerated() where number != 1 {
                let at = try #require(node.downs[simulation.nodes[1].id], "\(count) members")
                #expect(at - 19_000 <= 500)
            }
            #expect(simulation.silentDowns == 0)
        }
    }

    @Test("without probes by others the simulation finds members that were there and given up")
    func withoutProbes() throws {
        var configuration = FailureDetectorConfiguration()
        configuration.probers = 0
        var simulation = try DetectorSimulation(
            seed: 1, count: 12, faultsEnd: 120_000, end: 130_000, configuration: configuration)
        simulation.run(until: 130_000)
        #expect(!simulation.violations.isEmpty)
    }

    @Test("the same seed takes the same course")
    func replay() async throws {
        var runs: [[[String]]] = []
        for _ in 0..<2 {
            var simulation = try DetectorSimulation(seed: 5, count: 8, faultsEnd: 60_000, end: 100_000)
            await simulation.run()
            runs.append(simulation.nodes.map { $0.downs.sorted { $0.key < $1.key }.map { "\($0)" } })
        }
        #expect(runs[0] == runs[1])
    }
}
