/// The keys of an object that has many, or escaped ones.
struct JSONKeySet {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var keys: Set<[UInt8]> = []

    /// A set of the keys so far, each between its quotation marks.
    init(_ bytes: UnsafeBufferPointer<UInt8>, _ keys: some Sequence<Range<Int>>) {
        self.bytes = bytes
        for key in keys { insert(key) }
    }

    /// Adds the key between its quotation marks; false when it was there.
    @discardableResult
    mutating func insert(_ key: Range<Int>) -> Bool {
        // An escaped key may equal a plain one: compare what they mean, not how they are written.
        keys.insert(JSONString.decode(bytes[key])).inserted
    }
}
