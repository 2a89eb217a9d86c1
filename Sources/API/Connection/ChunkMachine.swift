/// Follows a chunked body to its end (RFC 9112, 7.1), strictly: CR LF only, sizes of hexadecimal digits only.
struct ChunkMachine {
    private enum Place {
        case size(digits: Int)
        case `extension`
        case sizeLineFeed
        case data(left: Int)
        case dataReturn, dataLineFeed
        case trailerStart
        case trailer
        case trailerLineFeed
        case endLineFeed
        case end
    }

    private var place = Place.size(digits: 0)
    private var size = 0
    private var total = 0
    /// Bytes that are no data: nobody needs more of them than of data, but a few.
    private var overhead = 0
    private let limit: Int

    static let freeOverhead = 16 << 10
    static let overheadPerByte = 8

    /// A body of at most `limit` bytes.
    init(limit: Int) { self.limit = limit }

    var isAtEnd: Bool { if case .end = place { true } else { false } }

    /// Goes through bytes from `start`; returns where the body's bytes end.
    mutating func read(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(RequestFault) -> Int {
        var index = start
        while index < bytes.count, !isAtEnd {
            if case .data(let left) = place {
                let step = min(left, bytes.count - index)
                index += step
                place = step == left ? .dataReturn : .data(left: left - step)
                continue
            }
            overhead += 1
            guard overhead <= Self.freeOverhead + Self.overheadPerByte * total else { throw .chunk }
            try step(bytes[index])
            index += 1
        }
        return index
    }

    private mutating func step(_ byte: UInt8) throws(RequestFault) {
        switch place {
        case .size(let digits): try sizeStep(byte, digits)
        case .extension:
            if byte == HTTPByte.carriageReturn {
                place = .sizeLineFeed
            } else if byte < 0x20, byte != 0x09 {
                throw .chunk
            }
        case .sizeLineFeed:
            try expect(HTTPByte.lineFeed, byte)
            let (sum, overflow) = total.addingReportingOverflow(size)
            guard !overflow, sum <= limit else { throw .bodyTooLarge }
            total = sum
            place = size == 0 ? .trailerStart : .data(left: size)
            size = 0
        case .dataReturn:
            try expect(HTTPByte.carriageReturn, byte)
            place = .dataLineFeed
        case .dataLineFeed:
            try expect(HTTPByte.lineFeed, byte)
            place = .size(digits: 0)
        case .trailerStart:
            if byte == HTTPByte.carriageReturn {
                place = .endLineFeed
            } else {
                guard HTTPByte.isToken(byte) else { throw .chunk }
                place = .trailer
            }
        case .trailer:
            if byte == HTTPByte.carriageReturn {
                place = .trailerLineFeed
            } else if byte < 0x20, byte != 0x09 {
                throw .chunk
            }
        case .trailerLineFeed:
            try expect(HTTPByte.lineFeed, byte)
            place = .trailerStart
        case .endLineFeed:
            try expect(HTTPByte.lineFeed, byte)
            place = .end
        case .data, .end: break
        }
    }

    private mutating func sizeStep(_ byte: UInt8, _ digits: Int) throws(RequestFault) {
        if let digit = HTTPByte.hexadecimal(byte) {
            // Fifteen digits hold every size an `Int` does, and more than any limit.
            guard digits < 15 else { throw .bodyTooLarge }
            size = size << 4 | digit
            place = .size(digits: digits + 1)
        } else if digits > 0, byte == HTTPByte.carriageReturn {
            place = .sizeLineFeed
        } else if digits > 0, byte == UInt8(ascii: ";") {
            place = .extension
        } else {
            throw .chunk
        }
    }

    private func expect(_ wanted: UInt8, _ byte: UInt8) throws(RequestFault) {
        guard byte == wanted else { throw .chunk }
    }
}
