/// The keys one object has had so far. Few keys are compared one by one; from the ninth on they are hashed.
struct JSONKeySet {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var ranges: [Range<Int>] = []
    private var hashed: Set<[UInt8]> = []
    private var hasEscapes = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Adds the key between its quotation marks; false when it was there.
    mutating func insert(_ range: Range<Int>, escaped: Bool) -> Bool {
        // An escaped key may equal a plain one: compare what they mean, not how they are written.
        if escaped || hasEscapes || ranges.count >= 8 {
            if hashed.isEmpty { for range in ranges { hashed.insert(JSONString.decode(bytes[range])) } }
            hasEscapes = hasEscapes || escaped
            ranges.append(range)
            return hashed.insert(JSONString.decode(bytes[range])).inserted
        }
        let new = UnsafeBufferPointer(rebasing: bytes[range])
        for range in ranges where range.count == new.count {
            if UnsafeBufferPointer(rebasing: bytes[range]).elementsEqual(new) { return false }
        }
        ranges.append(range)
        return true
    }
}
