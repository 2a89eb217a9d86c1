import Glibc
import RoostProcessKit
import RoostTestKit
import Testing

/// A process on SQLite that is killed in mid-write over and over, and each time started again on what is there then.
struct MidWriteRun {
    let kills: Int
    /// So many of the newest jobs are asked for after each kill; all of them after the last.
    let newest: Int
    /// What the process needs in its environment.
    var environment: [String: String] = [:]

    /// What was acknowledged, and which of those jobs were not there.
    struct Outcome {
        var acknowledged = 0
        var lost: Set<String> = []
    }

    /// - Parameters:
    ///   - store: a `sqlite:` address; `fsck` has to find that all fits in the end.
    ///   - onKill: what is done to its files when the process is dead; it is given the number of kills before this one.
    func perform(
        on store: String, onKill: (Int, inout SeededGenerator) throws -> Void = { _, _ in }
    ) async throws -> Outcome {
        let directory = try TemporaryDirectory()
        let writers = Writers()
        var generator = SeededGenerator(seed: ChaosOptions.seed)
        var outcome = Outcome()
        for round in 0...kills {
            let program = try RoostProgram(
                ["up", "--store", store, "--port", "0", "--mesh-port", "0", "--console-port", "0"], name: "up",
                in: directory.path, environment: environment)
            guard let base = try await program.parts()?["http"] else { throw Surprise(program.printed) }
            let client = JobClient(base: base)
            let known = writers.receipts
            outcome.acknowledged = known.count
            let asked = round == kills ? known : known.suffix(newest)
            outcome.lost.formUnion(try await Writers.missing(asked, client).map(\.job))
            if round < kills {
                async let writing: Void = writers.write(to: client, round: round)
                try await writers.grow(by: Int.random(in: 5...60, using: &generator), from: known.count)
                program.process.signal(SIGKILL)
                writers.stop()
                await writing
                _ = program.process.wait(milliseconds: 5000)
                try onKill(round, &generator)
            } else {
                #expect(try program.stop() == 0)
            }
            await client.close()
            ChaosReport.progress("SQLite", round, outcome.acknowledged, outcome.lost.count)
        }
        let check = try RoostProgram(["fsck", "--store", store], name: "fsck", in: directory.path)
        let status = check.process.wait(milliseconds: 60_000)
        #expect(status == 0 && check.printed.contains("all fits"), "\(check.printed)")
        return outcome
    }
}
