extension TimeZoneTable {
    /// Reads a TZif file of version 1 to 4, see RFC 8536, section 3.
    ///
    /// Counts are checked against the number of bytes before anything is read, so no file can trap.
    init(tzif bytes: [UInt8], named name: String) throws(TimeZoneFault) {
        func malformed(_ what: String) -> TimeZoneFault {
            TimeZoneFault(.malformed, "the file of \(name) is not a usable TZif file: \(what)")
        }
        guard var header = TZifHeader(bytes, at: 0, timeBytes: 4) else { throw malformed("no header") }
        if header.version >= 2 {
            // Newer files repeat the data with 64-bit times after the data for version 1.
            guard let second = TZifHeader(bytes, at: header.end, timeBytes: 8) else {
                throw malformed("no second header")
            }
            header = second
        }
        guard header.end <= bytes.count else { throw malformed("cut off") }
        guard header.leapCount == 0 else { throw malformed("its times count leap seconds") }
        guard (1...256).contains(header.typeCount) else { throw malformed("no local time types") }
        let types = (0..<header.typeCount).map { Self.number(bytes, at: header.types + $0 * 6, count: 4) }
        guard types.allSatisfy(Self.offsets.contains) else { throw malformed("an offset out of range") }

        var changes: [Int64] = []
        var following: [Int64] = []
        changes.reserveCapacity(header.timeCount)
        following.reserveCapacity(header.timeCount)
        for index in 0..<header.timeCount {
            let time = Self.number(bytes, at: header.times + index * header.timeBytes, count: header.timeBytes)
            let type = Int(bytes[header.indices + index])
            guard changes.last.map({ $0 < time }) ?? true else { throw malformed("times that do not ascend") }
            guard type < types.count else { throw malformed("an unknown local time type") }
            changes.append(time)
            following.append(types[type])
        }
        var rule: PosixTimeZone?
        if header.version >= 2 {
            guard let footer = Self.footer(bytes[header.end...]) else { throw malformed("no footer") }
            if !footer.isEmpty {
                rule = PosixTimeZone(footer)
                if rule == nil { throw malformed("a footer that is no POSIX time zone") }
            }
        }
        self.init(initial: types[0], changes: changes, following: following, rule: rule)
    }

    /// A big-endian two's complement number; the caller has checked the bounds.
    private static func number(_ bytes: [UInt8], at start: Int, count: Int) -> Int64 {
        var value: Int64 = bytes[start] >= 128 ? -1 : 0
        for byte in bytes[start..<(start + count)] { value = value << 8 | Int64(byte) }
        return value
    }

    /// What stands between the two newlines after the data.
    private static func footer(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let newline = UInt8(ascii: "\n")
        guard rest.first == newline, let end = rest.dropFirst().firstIndex(of: newline) else { return nil }
        return rest[(rest.startIndex + 1)..<end]
    }
}

/// Where the parts of a TZif data block are.
private struct TZifHeader {
    let version: Int
    let timeBytes: Int
    let timeCount: Int
    let typeCount: Int
    let leapCount: Int
    let times: Int
    let indices: Int
    let types: Int
    /// The first byte after the data block; may be beyond the file.
    let end: Int

    init?(_ bytes: [UInt8], at start: Int, timeBytes: Int) {
        guard start <= bytes.count, bytes.count - start >= 44, bytes[start..<(start + 4)].elementsEqual("TZif".utf8)
        else { return nil }
        // Six 32-bit counts; their sums and products stay far within an Int.
        func count(_ index: Int) -> Int {
            let first = start + 20 + index * 4
            return bytes[first..<(first + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        let digit = bytes[start + 4]
        switch digit {
        case 0: version = 1
        case UInt8(ascii: "2")...UInt8(ascii: "4"): version = Int(digit - 48)
        default: return nil
        }
        self.timeBytes = timeBytes
        leapCount = count(2)
        timeCount = count(3)
        typeCount = count(4)
        times = start + 44
        indices = times + timeCount * timeBytes
        types = indices + timeCount
        end = types + typeCount * 6 + count(5) + leapCount * (timeBytes + 4) + count(1) + count(0)
    }
}
