import RoostJobs

/// The words of a line with single spaces between, read one after the other without a copy.
struct RecordWords {
    private let bytes: [UInt8]
    private var position = 0
    private let end: Int

    /// The words before `end`.
    init(_ bytes: [UInt8], end: Int) {
        self.bytes = bytes
        self.end = min(end, bytes.count)
    }

    /// Whether every word was read.
    var isAtEnd: Bool { position > end || end == 0 }

    /// The next word; nil after the last one, or when it is empty.
    mutating func next() -> ArraySlice<UInt8>? {
        guard !isAtEnd else { return nil }
        var stop = position
        while stop < end, bytes[stop] != 0x20 { stop += 1 }
        defer { position = stop + 1 }
        return stop > position ? bytes[position..<stop] : nil
    }

    /// The next word as text.
    mutating func text() -> String? { next().map(Self.text) }

    /// The next word as a number of at most 18 digits.
    mutating func int() -> Int? { next().flatMap(Self.int) }

    /// The next word as a moment, `0` as none; nil when it is no number.
    mutating func time() -> Timestamp?? { int().map { $0 == 0 ? nil : Timestamp(microseconds: Int64($0)) } }

    static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static func int(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
        for byte in bytes {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
