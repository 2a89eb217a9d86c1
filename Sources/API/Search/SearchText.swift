import RoostJobs

/// What a search says: qualifiers with values, apart by spaces, as `type:email "since:2026-11-20" error:"timed out"`.
///
/// In double quotes stands any text; a backslash there lets a quote or a backslash stand for itself.
struct SearchText {
    /// The qualifiers and their values, in order.
    private(set) var pairs: [(name: String, value: String)] = []
    /// What is wrong, for a person.
    private(set) var faults: [String] = []

    /// The longest search, bytes.
    static let maximumBytes = 4096

    init(_ text: String) {
        guard text.utf8.count <= Self.maximumBytes else {
            faults.append("must be at most \(Self.maximumBytes) bytes")
            return
        }
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            if first == " " { rest.removeFirst() } else { take(Self.word(&rest)) }
        }
    }

    /// Takes a word, up to the next space outside of quotes; nil for one whose quote does not end.
    private static func word(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var word = String.UnicodeScalarView()
        var isQuoted = false
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": isQuoted.toggle()
            case "\\" where isQuoted: if let next = rest.popFirst() { word.append(next) }
            case " " where !isQuoted: return String(word)
            default: word.append(scalar)
            }
        }
        return isQuoted ? nil : String(word)
    }

    private mutating func take(_ word: String?) {
        guard let word else { return faults.append("has a quotation mark that does not end") }
        let parts = word.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            return faults.append("has '\(String(word.unicodeScalars.prefix(60)))', which is not as name:value")
        }
        pairs.append((String(parts[0]), String(parts[1])))
    }
}
