/// Turns the bytes a terminal sends into keys. Pure; whatever comes, it holds at most 32 bytes and never fails.
///
/// An escape character is both a key and the beginning of other keys' sequences: when nothing follows, whoever reads
/// calls `flush()` after a moment.
struct KeyDecoder: Sendable {
    private var pending: [UInt8] = []

    /// The longest beginning of a sequence that is kept; real ones have about ten bytes.
    static let longest = 32

    /// Whether the bytes so far may be the beginning of something.
    var isWaiting: Bool { !pending.isEmpty }

    /// The keys that are complete with these bytes.
    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        var keys: [Key] = []
        for byte in bytes {
            pending.append(byte)
            keys += take()
        }
        return keys
    }

    /// What the waiting bytes mean when nothing follows them.
    mutating func flush() -> [Key] {
        defer { pending = [] }
        return pending.first == 0x1B ? [.escape] : []
    }

    private mutating func take() -> [Key] {
        guard let first = pending.first else { return [] }
        if first == 0x1B { return takeSequence() }
        if first >= 0x80 { return takeCharacter(first) }
        pending = []
        return key(first).map { [$0] } ?? []
    }

    private func key(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 0x08, 0x7F: .backspace
        case 0x01...0x1A: .control(Character(UnicodeScalar(byte + 0x60)))
        case 0x20...0x7E: .character(Character(UnicodeScalar(byte)))
        default: nil
        }
    }

    private mutating func takeCharacter(_ first: UInt8) -> [Key] {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard pending.count >= length else { return [] }
        defer { pending = [] }
        let text = String(decoding: pending, as: UTF8.self)
        // Bytes that are no character decode as U+FFFD; nobody typed that.
        return text.unicodeScalars.count == 1 && text != "\u{FFFD}" ? text.map { .character($0) } : []
    }

    private mutating func takeSequence() -> [Key] {
        guard pending.count > 1 else { return [] }
        switch pending[1] {
        case UInt8(ascii: "["), UInt8(ascii: "O"):
            // The Linux console sends `ESC [ [ A` for F1: the second bracket is part of it.
            let start = pending.count > 2 && pending[1] == 0x5B && pending[2] == 0x5B ? 3 : 2
            guard pending.count > start, let last = pending.last, (0x40...0x7E).contains(last) else {
                if pending.count >= Self.longest { pending = [] }
                return []
            }
            defer { pending = [] }
            return start == 3 ? [] : named(pending[2...]).map { [$0] } ?? []
        case 0x1B:
            pending = [0x1B]
            return [.escape]
        default:
            // Escape and another key, typed fast or with Alt.
            let rest = pending[1]
            pending = []
            return [.escape] + feed([rest])
        }
    }

    private func named(_ sequence: ArraySlice<UInt8>) -> Key? {
        switch sequence.last.map({ Character(UnicodeScalar($0)) }) {
        case "A": .up
        case "B": .down
        case "C": .right
        case "D": .left
        case "H": .home
        case "F": .end
        case "Z": .backTab
        case "M": .enter
        case "~":
            switch String(decoding: sequence.dropLast(), as: UTF8.self) {
            case "1", "7": .home
            case "4", "8": .end
            case "5": .pageUp
            case "6": .pageDown
            default: nil
            }
        default: nil
        }
    }
}
