extension JSONIndexer {
    /// Up to so many members each key is compared with each.
    private static let fewMembers = 16

    /// Whether an object has the same key twice.
    func repeatsKey(_ object: Int, _ count: Int) -> Bool {
        if count > Self.fewMembers { return repeatsKeyOfMany(object, count) }
        var node = object + 1
        var isEscaped = false
        for number in 0..<count {
            isEscaped = isEscaped || nodes[node].kind == .escapedKey
            var other = object + 1
            for _ in 0..<number {
                if isSame(node, other) { return true }
                other = Int(nodes[other + 1].link)
            }
            node = Int(nodes[node + 1].link)
        }
        return isEscaped && repeatsKeyOfMany(object, count)
    }

    /// With escapes, too.
    private func repeatsKeyOfMany(_ object: Int, _ count: Int) -> Bool {
        var keys: Set<Key> = []
        keys.reserveCapacity(count)
        var node = object + 1
        for _ in 0..<count {
            if !keys.insert(Key(bytes: key(node), isEscaped: nodes[node].kind == .escapedKey)).inserted { return true }
            node = Int(nodes[node + 1].link)
        }
        return false
    }

    private func isSame(_ node: Int, _ other: Int) -> Bool {
        let (node, other) = (nodes[node], nodes[other])
        guard node.end - node.start == other.end - other.start else { return false }
        for offset in 0..<Int(node.end - node.start)
        where bytes[Int(node.start) + offset] != bytes[Int(other.start) + offset] {
            return false
        }
        return true
    }

    private func key(_ node: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(nodes[node].start)..<Int(nodes[node].end)])
    }

    /// A key as what it stands for. It must not outlive the text.
    private struct Key: Hashable {
        var bytes: UnsafeBufferPointer<UInt8>
        var isEscaped: Bool

        static func == (one: Key, other: Key) -> Bool {
            if !one.isEscaped, !other.isEscaped { return one.bytes.elementsEqual(other.bytes) }
            return one.text.utf8.elementsEqual(other.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            if isEscaped {
                var text = text
                text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            } else {
                hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            }
        }

        private var text: String {
            isEscaped ? JSONText.unescape(bytes) : String(decoding: bytes, as: UTF8.self)
        }
    }
}
