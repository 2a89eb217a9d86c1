/// A line of the shell: a verb, words, and after as many as the verb takes the rest as it was typed.
struct ShellLine: Sendable, Equatable {
    let verb: String?
    private let words: [Substring]

    init(_ text: String) {
        let all = text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })
        verb = all.first.map(String.init)
        words = Array(all.dropFirst())
    }

    /// How many words follow the verb.
    var count: Int { words.count }

    subscript(place: Int) -> String { String(words[place]) }

    /// The bytes of what follows so many words after the verb, with the spaces inside it.
    func rest(after count: Int) -> [UInt8] {
        guard count < words.count, let last = words.last else { return [] }
        let start = words[count]
        return Array(start.base[start.startIndex..<last.endIndex].utf8)
    }
}
