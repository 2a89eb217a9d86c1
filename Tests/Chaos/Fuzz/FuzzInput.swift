import RoostTestKit

/// Makes inputs out of others: bytes flipped, cut, repeated, spliced, and words and numbers put where they hurt.
struct FuzzInput {
    private var random: SeededGenerator
    private var corpus: [[UInt8]]
    private let words: [[UInt8]]

    private static let numbers = [
        "0", "-1", "1", "+5", "00", "9", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295",
        "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616", "1e400", "1e-400", "1.5", "NaN", "Infinity", "0x10", "99999999999999999999999999",
    ]

    init(seed: UInt64, seeds: [[UInt8]], words: [String]) {
        random = SeededGenerator(seed: seed)
        corpus = seeds.isEmpty ? [[]] : seeds
        self.words = (words + Self.numbers).map { Array($0.utf8) }
    }

    mutating func next() -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...(Bool.random(using: &random) ? 2 : 8), using: &random) { change(&bytes) }
        if bytes.count > 65_536 { bytes.removeLast(bytes.count - 65_536) }
        // What was made is now and then what the next ones are made of.
        if Int.random(in: 0..<64, using: &random) == 0, bytes.count < 2048 {
            if corpus.count < 512 {
                corpus.append(bytes)
            } else {
                corpus[Int.random(in: 0..<corpus.count, using: &random)] = bytes
            }
        }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let count = min(bytes.count - place, Int.random(in: 1...8, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.removeSubrange(place..<place + count)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(contentsOf: bytes[place..<place + count], at: place)
        case 5:
            let times = Int.random(in: 1...2000, using: &random)
            bytes.insert(
                contentsOf: repeatElement(bytes.randomElement(using: &random) ?? 0x5B, count: times), at: place)
        case 6:
            let other = corpus.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.replaceSubrange(place..., with: other[start...])
        case 7: bytes.insert(contentsOf: words.randomElement(using: &random) ?? [], at: place)
        default: replaceNumber(&bytes)
        }
    }

    /// A number in the text becomes another.
    private mutating func replaceNumber(_ bytes: inout [UInt8]) {
        let digits: ClosedRange<UInt8> = 0x30...0x39
        let starts = bytes.indices.filter { index in
            digits.contains(bytes[index]) && (index == 0 || !digits.contains(bytes[index - 1]))
        }
        guard let start = starts.randomElement(using: &random) else { return }
        let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers.randomElement(using: &random)?.utf8.map(\.self) ?? [])
    }
}
