import Crypto

/// Names what bytes are: two requests with the same digest are the same.
enum ContentDigest {
    /// 128 bits of SHA-256 as 32 hexadecimal digits.
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA256.hash(data: bytes).prefix(16)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// 128 bits of SHA-256 as two numbers.
    static func words(_ bytes: [UInt8]) -> (high: UInt64, low: UInt64) {
        let digest = Array(SHA256.hash(data: bytes))
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return (word(digest[0..<8]), word(digest[8..<16]))
    }
}
