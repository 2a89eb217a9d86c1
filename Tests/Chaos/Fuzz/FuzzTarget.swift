/// A parser that is given anything.
struct FuzzTarget: Sendable {
    let name: String
    /// Inputs that mean something, to begin from.
    let seeds: [[UInt8]]
    /// Words of its language.
    let words: [String]
    /// Why it cannot be tried on this machine; nil when it can.
    let obstacle: String?
    /// Takes an input; whatever it thinks of it, it must come back.
    let take: @Sendable ([UInt8]) -> Void

    init(
        _ name: String, seeds: [String], words: [String], obstacle: String? = nil,
        take: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.name = name
        self.obstacle = obstacle
        self.seeds = seeds.map { Array($0.utf8) }
        self.words = words
        self.take = take
    }
}
