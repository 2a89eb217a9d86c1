/// A job's name for ever: a ULID (48 bits of milliseconds, 80 random bits), printed as 26 Crockford base-32 characters.
///
/// Ids sort by the time they were made. See https://github.com/ulid/spec.
public struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// Builds an id from its two halves: the upper 64 bits hold the milliseconds and 16 random bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses 26 Crockford base-32 characters in either case; nil for anything else.
    public init?(_ text: some StringProtocol) {
        // Almost every text has its bytes in one piece: read without the protocol's detours.
        if let parsed = text.utf8.withContiguousStorageIfAvailable({ JobID(utf8: $0) }) {
            guard let parsed else { return nil }
            self = parsed
            return
        }
        self.init(bytes: text.utf8)
    }

    /// Parses the 26 characters of a description, as bytes; nil for anything else.
    public init?(utf8: UnsafeBufferPointer<UInt8>) {
        guard utf8.count == 26 else { return nil }
        self.init(bytes: utf8)
    }

    private init?(bytes: some Sequence<UInt8>) {
        let digits = Self.digits
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for byte in bytes {
            let digit = byte < 128 ? UInt64(digits[Int(byte)]) : 255
            guard digit != 255, count < 26 else { return nil }
            // 26 × 5 = 130 bits: the first character may only carry three.
            if count == 0, digit > 7 { return nil }
            high = (high << 5) | (low >> 59)
            low = (low << 5) | digit
            count += 1
        }
        guard count == 26 else { return nil }
        self.init(high: high, low: low)
    }

    public var description: String {
        String(unsafeUninitializedCapacity: 26) { buffer in
            write(to: buffer)
            return 26
        }
    }

    /// Writes the 26 characters of the description, in a buffer with room for them.
    public func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let alphabet = Self.alphabet
        var high = self.high
        var low = self.low
        for index in stride(from: 25, through: 0, by: -1) {
            buffer[index] = alphabet[Int(low & 31)]
            low = (low >> 5) | (high << 59)
            high >>= 5
        }
    }

    /// When the id was made, by the clock of whoever made it.
    public var timestamp: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

    public static func < (a: JobID, b: JobID) -> Bool { (a.high, a.low) < (b.high, b.low) }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    private static let digits: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 128)
        for (value, byte) in alphabet.enumerated() {
            table[Int(byte)] = UInt8(value)
            if byte >= 65 { table[Int(byte) + 32] = UInt8(value) }
        }
        return table
    }()
}
