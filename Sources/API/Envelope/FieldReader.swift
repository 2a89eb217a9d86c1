import RoostJobs

/// Reads values out of JSON and collects everything that is wrong with them, each with its path.
struct FieldReader {
    private(set) var issues: [NewJob.Issue] = []
    /// What stands before each path, `jobs[3].` for example.
    let prefix: String
    private let limit: Int

    /// A reader that keeps `limit` issues at most.
    init(prefix: String = "", limit: Int) {
        self.prefix = prefix
        self.limit = limit
    }

    mutating func add(_ path: String, _ message: String) {
        guard issues.count < limit else { return }
        issues.append(NewJob.Issue(path: prefix + String(path.unicodeScalars.prefix(100)), message: message))
    }

    mutating func add(_ found: [NewJob.Issue]) {
        for issue in found { add(issue.path, issue.message) }
    }

    mutating func string(_ value: JSONSlice, _ path: String) -> String? {
        take(value.string, path, "must be a string")
    }

    mutating func int(_ value: JSONSlice, _ path: String) -> Int? { take(value.int, path, "must be a whole number") }

    mutating func bool(_ value: JSONSlice, _ path: String) -> Bool? { take(value.bool, path, "must be true or false") }

    mutating func object(_ value: JSONSlice, _ path: String) -> JSONObject? {
        take(value.object, path, "must be an object")
    }

    /// A number of seconds within the limits of a job: `Duration` traps beyond its range.
    mutating func seconds(_ value: JSONSlice, _ path: String) -> Duration? {
        let seconds = value.double.flatMap { $0 >= 0 && $0 <= JobLimits.longest.inSeconds ? $0 : nil }
        return take(seconds.map { .seconds($0) }, path, "must be a number of seconds from 0 to ten years")
    }

    mutating func moment(_ value: JSONSlice, _ path: String) -> Timestamp? {
        take(value.string.flatMap { Timestamp(rfc3339: $0) }, path, "must be a time as 2030-01-31T23:59:59Z")
    }

    /// A share from 0 to 1.
    mutating func share(_ value: JSONSlice, _ path: String) -> Double? {
        take(value.double.flatMap { (0...1).contains($0) ? $0 : nil }, path, "must be a number from 0 to 1")
    }

    /// One of the words of an enumeration.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ value: JSONSlice, _ path: String, _: Word.Type = Word.self
    ) -> Word? {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        return take(value.string.flatMap { Word(rawValue: $0) }, path, "must be one of \(words)")
    }

    /// The elements of an array, at most `most`.
    mutating func elements(_ value: JSONSlice, _ path: String, most: Int) -> [JSONSlice]? {
        guard value.kind == .array,
            // Checked as a part of the body: its depth is within what that allows.
            let elements = try? JSONScanner.parseArray(value.bytes, maximumDepth: .max, limit: most + 1)
        else {
            add(path, "must be an array")
            return nil
        }
        guard elements.count <= most else {
            add(path, "must have at most \(most) elements")
            return nil
        }
        return elements
    }

    /// An array of strings, at most `most`.
    mutating func strings(_ value: JSONSlice, _ path: String, most: Int) -> [String]? {
        guard let elements = elements(value, path, most: most) else { return nil }
        return elements.enumerated().compactMap { string($1, "\(path)[\($0)]") }
    }

    /// The value, or an issue where there is none.
    mutating func take<Value>(_ value: Value?, _ path: String, _ message: String) -> Value? {
        if value == nil { add(path, message) }
        return value
    }
}

extension JSONObject {
    /// Whether a member is given: null stands for one that is not.
    func has(_ name: String) -> Bool { self[name].map { $0.kind != .null } ?? false }
}
