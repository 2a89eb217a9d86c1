extension JSONScanner {
    /// Checks `bytes` and gives each element of the array they must be to `body`, with its members where it is an object,
    /// all in one pass: also when the array turns out to be broken further on.
    public static func readObjects(
        _ bytes: [UInt8], maximumDepth: Int = JobLimits.depth, _ body: (JSONSlice, JSONObject?) -> Void
    ) throws(JSONFault) {
        var members: [JSONMember] = []
        let kind = try withoutActuallyEscaping(body) { body throws(JSONFault) in
            try scan(bytes, maximumDepth: maximumDepth) { scanner throws(JSONFault) in
                try scanner.value(
                    depth: 0,
                    collect: { element in
                        let isObject = element.kind == .object
                        body(
                            JSONSlice(source: bytes, range: element.value, kind: element.kind),
                            isObject ? JSONObject(source: bytes, ranges: members) : nil)
                        // The room stays, as long as the object was not kept.
                        members.removeAll(keepingCapacity: true)
                    }, inner: { members.append($0) })
            }
        }
        guard kind == .array else { throw JSONFault("expected an array", at: 0) }
    }
}
