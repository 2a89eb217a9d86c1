extension JSONScanner {
    /// Checks `bytes` and returns the elements of the array they must be, the first `limit` of them, and the members of
    /// those that are objects, all in one pass.
    public static func parseObjects(
        _ bytes: [UInt8], maximumDepth: Int = JobLimits.depth, limit: Int = .max
    ) throws(JSONFault) -> [(slice: JSONSlice, object: JSONObject?)] {
        var elements: [(JSONSlice, JSONObject?)] = []
        var members: [JSONMember] = []
        let kind = try scan(bytes, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
            try scanner.value(
                depth: 0,
                collect: { element in
                    defer { members.removeAll(keepingCapacity: true) }
                    guard elements.count < limit else { return }
                    let slice = JSONSlice(source: bytes, range: element.value, kind: element.kind)
                    let isObject = element.kind == .object
                    // As many as there are: what is kept of ten thousand should have no room to spare.
                    elements.append((slice, isObject ? JSONObject(source: bytes, ranges: Array(members[...])) : nil))
                }, inner: { members.append($0) })
        }
        guard kind == .array else { throw JSONFault("expected an array", at: 0) }
        return elements
    }
}
