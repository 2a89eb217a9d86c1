/// Looks for the end of a head in bytes that come piece by piece, each looked at once.
struct HeadSearch {
    private var scanned = 0
    private var lineStart = 0
    private var lines = 0

    /// The index after the head's empty line; nil when it has not come yet. `bytes` begins where the head does.
    mutating func find(in bytes: UnsafeRawBufferPointer, limits: ConnectionLimits) throws(RequestFault) -> Int? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            guard scanned < limits.headBytes else { throw lines == 0 ? .targetTooLong : .headTooLarge }
            if byte < HTTPByte.space || (scanned > 0 && bytes[scanned - 1] == HTTPByte.carriageReturn) {
                if try take(control: byte, bytes) { return scanned + 1 }
                guard lines <= limits.headFields + 1 else { throw .tooManyFields }
            }
            // Also when what it continues is complete without it.
            if scanned == lineStart, lines > 0, HTTPByte.isBlank(byte) { throw .folding }
            scanned += 1
        }
        return nil
    }

    /// Whether the byte ends the head.
    private mutating func take(control byte: UInt8, _ bytes: UnsafeRawBufferPointer) throws(RequestFault) -> Bool {
        let followsReturn = scanned > 0 && bytes[scanned - 1] == HTTPByte.carriageReturn
        guard followsReturn == (byte == HTTPByte.lineFeed) else { throw .lineEnd }
        if byte == HTTPByte.lineFeed {
            let isEmpty = scanned - lineStart == 1
            lineStart = scanned + 1
            // An empty line before the request line is what some clients send after a body.
            if isEmpty { return lines > 0 }
            lines += 1
        } else if byte != HTTPByte.carriageReturn, byte != 0x09 {
            throw lines == 0 ? .requestLine : .field
        }
        return false
    }
}
