/// One line being typed: the bytes of a terminal in, what the line is and where the cursor stands out. Pure; whatever
/// comes, it holds at most `longest` characters and never fails.
///
/// Arrows, Home, End and Delete; Ctrl-A, E, B, F, P, N, K, U, W, D, L, C as in every shell; Tab completes.
struct LineEditor: Sendable {
    enum Event: Sendable, Equatable {
        /// The line is complete.
        case line(String)
        /// Ctrl-D on an empty line: there will be no more.
        case end
        /// The screen is to be cleared.
        case clear
    }

    static let longest = 64 * 1024
    /// The longest beginning of a key's sequence that is kept; real ones have about ten bytes.
    private static let longestSequence = 32

    private(set) var text: [Character] = []
    /// Before which character the cursor stands.
    private(set) var cursor = 0
    private let history: [String]
    /// What the words before the cursor can be completed to.
    private let complete: @Sendable (String) -> [String]
    private var place: Int
    /// What was typed before somebody went back in the history.
    private var draft: [Character] = []
    private var pending: [UInt8] = []

    init(history: [String] = [], complete: @escaping @Sendable (String) -> [String] = { _ in [] }) {
        self.history = history
        self.complete = complete
        place = history.count
    }

    /// Takes bytes up to the end of the line; what follows it is returned for the next one.
    mutating func feed(_ bytes: ArraySlice<UInt8>) -> (events: [Event], rest: ArraySlice<UInt8>) {
        var events: [Event] = []
        for index in bytes.indices {
            pending.append(bytes[index])
            guard let event = take() else { continue }
            events.append(event)
            if event != .clear { return (events, bytes[bytes.index(after: index)...]) }
        }
        return (events, [])
    }

    private mutating func take() -> Event? {
        guard let first = pending.first else { return nil }
        if first == 0x1B {
            takeSequence()
            return nil
        }
        if first >= 0x80 {
            takeCharacter(first)
            return nil
        }
        pending = []
        return key(first)
    }

    private mutating func takeCharacter(_ first: UInt8) {
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        guard pending.count >= length else { return }
        let typed = String(decoding: pending, as: UTF8.self)
        pending = []
        // Bytes that are no character decode as U+FFFD; nobody typed that.
        if typed.unicodeScalars.count == 1, typed != "\u{FFFD}" { insert(typed) }
    }

    private mutating func key(_ byte: UInt8) -> Event? {
        switch byte {
        case 0x0A, 0x0D: return .line(String(text))
        case 0x01: cursor = 0
        case 0x02: cursor = max(0, cursor - 1)
        case 0x03: (text, cursor, place) = ([], 0, history.count)
        case 0x04:
            if text.isEmpty { return .end }
            if cursor < text.count { text.remove(at: cursor) }
        case 0x05: cursor = text.count
        case 0x06: cursor = min(text.count, cursor + 1)
        case 0x08, 0x7F: erase(cursor - 1..<cursor)
        case 0x09: completeWord()
        case 0x0B: text.removeSubrange(cursor...)
        case 0x0C: return .clear
        case 0x0E: recall(place + 1)
        case 0x10: recall(place - 1)
        case 0x15: erase(0..<cursor)
        case 0x17: erase(startOfWord..<cursor)
        case 0x20...0x7E: insert(String(UnicodeScalar(byte)))
        default: break
        }
        return nil
    }

    private mutating func takeSequence() {
        guard pending.count > 1 else { return }
        guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
            pending = []
            return
        }
        guard pending.count > 2, let last = pending.last, (0x40...0x7E).contains(last) else {
            if pending.count >= Self.longestSequence { pending = [] }
            return
        }
        let sequence = String(decoding: pending[2...], as: UTF8.self)
        pending = []
        switch sequence {
        case "A": recall(place - 1)
        case "B": recall(place + 1)
        case "C": cursor = min(text.count, cursor + 1)
        case "D": cursor = max(0, cursor - 1)
        case "H", "1~", "7~": cursor = 0
        case "F", "4~", "8~": cursor = text.count
        case "3~": if cursor < text.count { text.remove(at: cursor) }
        default: break
        }
    }

    private mutating func insert(_ typed: String) {
        guard text.count < Self.longest else { return }
        // What joins the character before it (an accent, say) is one character with it.
        let before = text.prefix(cursor) + Array(typed)
        let joined = Array(String(before))
        text = joined + text[cursor...]
        cursor = joined.count
    }

    private mutating func erase(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<text.count)
        text.removeSubrange(range)
        cursor = range.lowerBound
    }

    private var startOfWord: Int {
        var start = cursor
        while start > 0, text[start - 1] == " " { start -= 1 }
        while start > 0, text[start - 1] != " " { start -= 1 }
        return start
    }

    private mutating func recall(_ wanted: Int) {
        guard (0...history.count).contains(wanted), wanted != place else { return }
        if place == history.count { draft = text }
        text = wanted == history.count ? draft : Array(history[wanted])
        (place, cursor) = (wanted, text.count)
    }

    /// Up to where all that it may become agree.
    private mutating func completeWord() {
        let candidates = complete(String(text[..<cursor]))
        guard var common = candidates.first.map(Array.init) else { return }
        for candidate in candidates.dropFirst() {
            common = Array(zip(common, candidate).prefix { $0 == $1 }.map(\.0))
        }
        if candidates.count == 1 { common.append(" ") }
        let start = cursor > 0 && text[cursor - 1] == " " ? cursor : startOfWord
        guard common.count >= cursor - start else { return }
        text.replaceSubrange(start..<cursor, with: common)
        cursor = start + common.count
    }
}
