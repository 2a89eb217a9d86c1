/// The hash slots of Redis Cluster.
enum RedisSlot {
    /// How many there are.
    static let count = 16_384

    /// The slot of a key: of its hash tag when it has one.
    static func of(_ key: String) -> Int {
        let bytes = Array(key.utf8)
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return Int(crc16(bytes[...])) % count }
        return Int(crc16(bytes[(open + 1)..<close])) % count
    }

    /// CRC-16/XMODEM, as Redis Cluster's specification says.
    private static func crc16(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        return crc
    }
}
