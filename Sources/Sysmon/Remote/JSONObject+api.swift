import RoostJobs

/// Members of replies; what is not there, or is something else, is nil.
extension JSONObject {
    func text(_ name: String) -> String? { self[name]?.string }

    func moment(_ name: String) -> Timestamp? { text(name).flatMap { Timestamp(rfc3339: $0) } }

    /// A number that counts something.
    func count(_ name: String) -> Int? { self[name]?.int.map { Swift.max(0, $0) } }

    /// A number of seconds, at most 30,000 years.
    func span(_ name: String) -> Duration? {
        guard let seconds = self[name]?.double, seconds.isFinite else { return nil }
        return .microseconds(Int64(Swift.min(Swift.max(0, seconds), 1e12) * 1_000_000))
    }

    func flag(_ name: String) -> Bool { self[name]?.bool ?? false }

    func list(_ name: String) -> [JSONSlice] {
        guard let value = self[name], value.kind == .array else { return [] }
        return (try? JSONScanner.parseArray(value.bytes, maximumDepth: APIFault.depth)) ?? []
    }

    func rows(_ name: String) -> [JSONObject] { list(name).compactMap(\.object) }

    /// Any value but null, as it was written.
    func bytes(_ name: String) -> [UInt8]? { self[name].flatMap { $0.kind == .null ? nil : $0.bytes } }
}
