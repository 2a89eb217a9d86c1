import Crypto

/// Names what bytes are: two requests with the same digest are the same.
enum ContentDigest {
    /// 128 bits of SHA-256 as 32 hexadecimal digits.
    static func hex(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { hex($0) } }

    static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        let digest = hash.finalize()
        return String(unsafeUninitializedCapacity: 32) { text in
            var index = 0
            for byte in digest.prefix(16) {
                text[index] = digit(byte >> 4)
                text[index + 1] = digit(byte & 15)
                index += 2
            }
            return 32
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }

    /// 128 bits of SHA-256 as two numbers.
    static func words(_ bytes: [UInt8]) -> (high: UInt64, low: UInt64) {
        let digest = Array(SHA256.hash(data: bytes))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return (word(digest[0..<8]), word(digest[8..<16]))
    }
}
