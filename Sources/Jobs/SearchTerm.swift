/// A word of the search index: a tag as it is, or a payload field and its value as `field=value`.
///
/// Of the value, what is not of a name is written `%XX`, byte by byte: so a term has no space and can be a part of keys
/// and of lists, and terms are equal when their bytes are.
public enum SearchTerm {
    /// The term of a field and its value.
    public static func text(field: String, value: String) -> String {
        var bytes = Array(field.utf8) + [UInt8(ascii: "=")]
        for byte in value.utf8 {
            if JobName.isAllowed(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The terms of fields and their values, in a fixed order.
    public static func texts(_ fields: [String: String]) -> [String] {
        fields.map { text(field: $0.key, value: $0.value) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The fields and values of terms; what is none is passed over.
    public static func fields(_ terms: some Sequence<some StringProtocol>) -> [String: String] {
        var fields: [String: String] = [:]
        for term in terms {
            let parts = term.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = decoded(parts[1]) else { continue }
            fields[String(decoding: parts[0], as: UTF8.self)] = value
        }
        return fields
    }

    /// Whether a field and its value may be searched for.
    public static func isValid(field: String, value: String) -> Bool {
        JobName.isValid(field) && field.utf8.count <= JobLimits.termFieldBytes
            && (1...JobLimits.termValueBytes).contains(value.utf8.count)
    }

    private static func decoded(_ bytes: some Sequence<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            decoded.append(high << 4 | low)
        }
        return String(validating: decoded, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? { hex.firstIndex(of: byte).map { UInt8($0) } }

    private static let hex = Array("0123456789ABCDEF".utf8)
}

extension NewJob {
    /// Every word it can be found by, each once.
    public var searchTerms: [String] { SearchTerm.words(tags: tags, terms: terms) }
}

extension JobRecord {
    /// Every word it can be found by where its queue is searchable, each once.
    public var searchTerms: [String] { SearchTerm.words(tags: tags, terms: terms) }
}

extension SearchTerm {
    /// Tags, and fields with their values, each once.
    public static func words(tags: [String], terms: [String: String]) -> [String] {
        if tags.isEmpty, terms.isEmpty { return [] }
        var seen: Set<String> = []
        return (tags + texts(terms)).filter { seen.insert($0).inserted }
    }
}
