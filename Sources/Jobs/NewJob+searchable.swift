extension NewJob {
    /// Makes the job findable by fields of its payload, if that is a JSON object.
    ///
    /// A path names a member (`user_id`), or one of a member (`order.id`). Texts, numbers as they are written and `true`
    /// and `false` become terms; what is not there, is empty or is anything else is passed over. `validated()` says what
    /// is too long.
    public mutating func makeSearchable(_ paths: [String]) {
        guard !paths.isEmpty, let object = try? JSONScanner.parseObject(payload) else { return }
        for path in paths {
            guard let value = object.value(at: path), let text = value.term, !text.isEmpty else { continue }
            terms[path] = text
        }
    }
}

extension JSONObject {
    /// The member of that name, else the one the path leads to.
    fileprivate func value(at path: String) -> JSONSlice? {
        if let member = self[path] { return member }
        let parts = path.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return self[String(parts[0])]?.object?.value(at: String(parts[1]))
    }
}

extension JSONSlice {
    /// The value as a text to search for; nil for what is none.
    fileprivate var term: String? {
        switch kind {
        case .string: string
        case .number, .bool: String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }
}
