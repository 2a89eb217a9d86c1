import FoundationEssentials
import Glibc
import RoostProcessKit

/// Gives a target inputs until the time is over. Each is written to a file before it is tried: who ends this process
/// can be found there.
final class FuzzRun {
    /// What a run amounts to.
    struct Figures: Encodable {
        let target: String
        let seed: UInt64
        var inputs = 0
        var slowestMilliseconds = 0.0
        /// Inputs that took longer than `limit`, also where only the machine was busy.
        var slow = 0
    }

    /// Inputs that once did harm, or might.
    static let fixtures = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Fixtures"
    /// How long each target is tried; a moment in a run of all tests.
    static let seconds =
        ProcessInfo.processInfo.environment["ROOST_FUZZ_SECONDS"].flatMap { Double($0) }.map {
            min(max(0.1, $0), 86_400)
        }
        ?? 0.2
    /// The only target that is tried; nil: all of them.
    static let only = ProcessInfo.processInfo.environment["ROOST_FUZZ_ONLY"].flatMap { $0.isEmpty ? nil : $0 }
    /// What an input may take.
    static let limit = Duration.milliseconds(100)
    /// Where the input under trial is kept.
    static let directory = ProcessInfo.processInfo.environment["ROOST_FUZZ_DIRECTORY"] ?? ".build/fuzz"

    private let descriptor: Int32

    init(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: Self.directory, withIntermediateDirectories: true)
        descriptor = open("\(Self.directory)/\(name).last", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Surprise("no file for inputs") }
    }

    deinit { close(descriptor) }

    /// The inputs of that target that are kept.
    static func kept(_ name: String) throws -> [[UInt8]] {
        try FileManager.default.contentsOfDirectory(atPath: fixtures).sorted().filter { $0.hasPrefix("\(name)-") }.map {
            Array(try Data(contentsOf: URL(filePath: "\(fixtures)/\($0)")))
        }
    }

    /// Those that are tried.
    static func chosen(_ names: [String]) -> [String] { names.filter { only == nil || only == $0 } }

    /// Notes an input before it is tried.
    func note(_ bytes: [UInt8]) {
        _ = pwrite(descriptor, bytes, bytes.count, 0)
        _ = ftruncate(descriptor, bytes.count)
    }

    /// Keeps an input that a process did not take well and lived.
    static func blame(_ bytes: [UInt8], _ name: String) {
        try? Data(bytes).write(to: URL(filePath: "\(directory)/\(name).failed"))
    }

    /// Tries what is kept, and then what is made of it.
    static func perform(_ target: FuzzTarget, seed: UInt64) throws -> Figures {
        let run = try FuzzRun(target.name)
        var figures = Figures(target: target.name, seed: seed)
        let kept = try kept(target.name)
        var input = FuzzInput(seed: seed, seeds: target.seeds + kept, words: target.words)
        func attempt(_ bytes: [UInt8]) {
            run.note(bytes)
            let start = ContinuousClock.now
            target.take(bytes)
            let time = ContinuousClock.now - start
            figures.slowestMilliseconds = max(figures.slowestMilliseconds, time / .milliseconds(1))
            figures.slow += time > limit ? 1 : 0
            figures.inputs += 1
        }
        for bytes in target.seeds + kept { attempt(bytes) }
        let end = ContinuousClock.now + .seconds(seconds)
        repeat { for _ in 0..<50 { attempt(input.next()) } } while ContinuousClock.now < end
        return figures
    }
}
