/// A JSON text that has been checked, and where its values are.
///
/// It owns its bytes: a type may keep the decoder it gets.
final class JSONDocument {
    private let bytes: [UInt8]
    private let nodes: [JSONNode]
    /// The key that is asked for next when a type reads its members in the order they were written.
    ///
    /// Not a variable of the class itself: each access to those is checked at run time.
    private let cursor: UnsafeMutablePointer<Int>
    /// Of large objects that are not read in order: the keys of each.
    private var keys: [Int: [[UInt8]: Int]] = [:]

    /// Objects up to this many members are searched from the front.
    private static let fewMembers = 16
    /// A null that stands for what is not there.
    static let nothing = 0
    static let root = 1

    init(_ bytes: [UInt8], maximumDepth: Int) throws(JSONFault) {
        self.bytes = bytes
        nodes = try JSONIndexer.index(bytes, maximumDepth: maximumDepth)
        cursor = .allocate(capacity: 1)
        cursor.initialize(to: 0)
    }

    deinit { cursor.deallocate() }

    func kind(_ node: Int) -> JSONNode.Kind { nodes[node].kind }

    /// The node after a value and all it holds.
    func after(_ node: Int) -> Int { Int(nodes[node].link) }

    /// How many elements or members a container has.
    func count(_ node: Int) -> Int { Int(nodes[node].end) }

    func withBytes<Result>(_ node: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        let node = nodes[node]
        return try bytes.withUnsafeBufferPointer { bytes in
            try body(UnsafeBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)]))
        }
    }

    /// The text of a string or key.
    func text(_ node: Int) -> String {
        withBytes(node) { bytes in
            switch nodes[node].kind {
            case .escapedText, .escapedKey: JSONText.unescape(bytes)
            default: String(decoding: bytes, as: UTF8.self)
            }
        }
    }

    /// The value of a member; nil when there is none. Keys are compared byte by byte.
    func member(_ key: String, of object: Int) -> Int? {
        let next = cursor.pointee
        if next < nodes.count, nodes[next].isKey, Int(nodes[next].link) == object, isKey(next, key) {
            return found(next)
        }
        if count(object) > Self.fewMembers { return index(object)[Array(key.utf8)].map(found) }
        var node = object + 1
        for _ in 0..<count(object) {
            if isKey(node, key) { return found(node) }
            node = after(node + 1)
        }
        return nil
    }

    /// The keys of an object, in their order.
    func keys(of object: Int) -> [String] {
        var node = object + 1
        return (0..<count(object)).map { _ in
            defer { node = after(node + 1) }
            return text(node)
        }
    }

    /// A member has been read; the next is likely the one after it.
    func passed(_ value: Int) { cursor.pointee = after(value) }

    private func found(_ key: Int) -> Int {
        cursor.pointee = key
        return key + 1
    }

    private func isKey(_ node: Int, _ key: String) -> Bool {
        if nodes[node].kind == .escapedKey { return text(node).utf8.elementsEqual(key.utf8) }
        return withBytes(node) { bytes in
            key.utf8.count == bytes.count && key.utf8.elementsEqual(bytes)
        }
    }

    private func index(_ object: Int) -> [[UInt8]: Int] {
        if let known = keys[object] { return known }
        var index: [[UInt8]: Int] = [:]
        var node = object + 1
        for _ in 0..<count(object) {
            index[Array(text(node).utf8)] = node
            node = after(node + 1)
        }
        keys[object] = index
        return index
    }
}

extension JSONNode {
    fileprivate var isKey: Bool { kind == .key || kind == .escapedKey }
}
