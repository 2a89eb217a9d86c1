/// What a connection must know of a request's head: how its body is framed and whether another request follows.
struct RequestHead: Equatable {
    enum Framing: Equatable {
        /// So many bytes; 0 for no body.
        case length(Int)
        case chunked
    }

    var framing = Framing.length(0)
    /// Whether a reply has no body.
    var isHead = false
    /// Where the target stands.
    var target = 0..<0
    /// Whether the client wants the connection closed after the reply.
    var isLast = false
    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue = false
    /// Where the name of an `Upgrade` field begins. Nothing is switched to here, which is told by not seeing the field:
    /// the decoder behind would take what follows for the other protocol.
    var upgrades: [Int] = []

    /// Checks a whole head, its empty line included, whose lines are known to end in CR LF.
    init(_ bytes: UnsafeRawBufferPointer, limits: ConnectionLimits) throws(RequestFault) {
        var lines = HeadLines(bytes)
        guard let first = lines.next() else { throw .requestLine }
        let minor = try checkRequestLine(bytes, first, limits)
        isLast = minor == 0
        var fields = Fields()
        while let line = lines.next() {
            fields.count += 1
            guard fields.count <= limits.headFields else { throw .tooManyFields }
            let field = try HeadField(bytes, line)
            if field.isNamed("upgrade") { upgrades.append(line.lowerBound) }
            try read(field, &fields)
        }
        guard fields.hosts == 1 || (minor == 0 && fields.hosts == 0) else { throw .host }
        if let length = fields.length {
            guard !fields.isChunked else { throw .twoLengths }
            guard length <= limits.bodyBytes else { throw .bodyTooLarge }
            framing = .length(length)
        } else if fields.isChunked {
            guard minor == 1 else { throw .twoLengths }
            framing = .chunked
        }
        expectsContinue = fields.expectsContinue && minor == 1 && framing != .length(0)
    }

    /// What the fields said, counted: a second one of these is a fault.
    private struct Fields {
        var count = 0
        var hosts = 0
        var length: Int?
        var isChunked = false
        var expectsContinue = false
    }

    private mutating func read(_ field: HeadField, _ fields: inout Fields) throws(RequestFault) {
        switch field.name.count {
        case 4 where field.isNamed("host"):
            fields.hosts += 1
            guard fields.hosts == 1, field.isHost else { throw .host }
        case 6 where field.isNamed("expect"):
            guard field.isValue("100-continue") else { throw .expectation }
            fields.expectsContinue = true
        case 10 where field.isNamed("connection"):
            if field.lists("close") { isLast = true } else if field.lists("keep-alive") { isLast = false }
        case 14 where field.isNamed("content-length"):
            guard fields.length == nil, let length = field.length else { throw .contentLength }
            fields.length = length
        case 17 where field.isNamed("transfer-encoding"):
            guard !fields.isChunked else { throw .twoLengths }
            guard field.isValue("chunked") else { throw .transferCoding }
            fields.isChunked = true
        default: break
        }
    }

    /// `METHOD SP target SP HTTP/1.x`; returns x.
    private mutating func checkRequestLine(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>, _ limits: ConnectionLimits
    ) throws(RequestFault) -> Int {
        var index = line.lowerBound
        while index < line.upperBound, HTTPByte.isToken(bytes[index]) { index += 1 }
        guard (1...32).contains(index - line.lowerBound), index < line.upperBound, bytes[index] == HTTPByte.space else {
            throw .requestLine
        }
        let method = UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<index])
        if method.count == 7, method.elementsEqual("CONNECT".utf8) { throw .method }
        isHead = method.count == 4 && method.elementsEqual("HEAD".utf8)
        let start = index + 1
        index = start
        while index < line.upperBound, bytes[index] > HTTPByte.space, bytes[index] < 0x7F { index += 1 }
        guard index > start, index < line.upperBound, bytes[index] == HTTPByte.space else { throw .requestLine }
        guard index - start <= limits.targetBytes else { throw .targetTooLong }
        target = start..<index
        let version = UnsafeRawBufferPointer(rebasing: bytes[(index + 1)..<line.upperBound])
        guard version.count == 8, version.starts(with: "HTTP/".utf8) else { throw .requestLine }
        guard version[5] == 0x31, version[6] == 0x2E, version[7] == 0x31 || version[7] == 0x30 else { throw .version }
        return Int(version[7] - 0x30)
    }
}
