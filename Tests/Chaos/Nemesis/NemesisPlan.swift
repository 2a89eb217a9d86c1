import RoostTestKit

/// One thing to be done to the system.
struct NemesisStep: Sendable, Equatable {
    let kind: FaultKind
    /// Which of those it may befall.
    let target: Int
    let milliseconds: Int
    /// How long the system is left alone afterwards.
    let rest: Int

    /// One of each of the commonest, in a few seconds.
    static let tour: [NemesisStep] = [
        FaultKind.killNode, .lostReply, .killAPI, .cutRedis, .lostHTTPReply, .killRedis, .freezeNode, .scriptFlush,
        .clientKill, .drainNode, .halfOpenRedis, .maxMemory,
    ].enumerated().map { NemesisStep(kind: $0.element, target: $0.offset, milliseconds: 300, rest: 100) }
}

/// What is done, in an order that depends on the seed alone.
struct NemesisPlan: Sendable {
    private var generator: SeededGenerator
    private let kinds: [FaultKind]
    /// Whether silences of more than a lease are among it.
    private let hasLong: Bool

    /// What is done instead, over and over.
    private let steps: [NemesisStep]
    private var done = 0

    init(seed: UInt64, kinds: [FaultKind] = FaultKind.allCases, hasLong: Bool, steps: [NemesisStep] = []) {
        self.steps = steps
        generator = SeededGenerator(seed: seed)
        self.kinds = kinds
        self.hasLong = hasLong
    }

    mutating func next() -> NemesisStep {
        done += 1
        if !steps.isEmpty { return steps[(done - 1) % steps.count] }
        let kind =
            Int.random(in: 0..<4, using: &generator) == 0 && kinds.contains(.killNode)
            ? .killNode : kinds.randomElement(using: &generator) ?? .killNode
        let target = Int.random(in: 0..<1000, using: &generator)
        let short = Int.random(in: 50...3000, using: &generator)
        let isLong = hasLong && kind.canBeLong && Int.random(in: 0..<5, using: &generator) == 0
        let rest = Int.random(in: 100...2000, using: &generator)
        return NemesisStep(kind: kind, target: target, milliseconds: isLong ? 17_000 + short : short, rest: rest)
    }
}

extension FaultKind {
    /// Whether it may last for more than a lease.
    fileprivate var canBeLong: Bool {
        switch self {
        case .freezeNode, .holdRedis, .halfOpenRedis, .hangRedis: true
        default: false
        }
    }
}
