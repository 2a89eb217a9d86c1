internal import NIOCore

/// An ERROR frame's payload: u16 kind | u16 code of the service | message, UTF-8, the rest.
extension MeshError {
    private enum Kind: UInt16 {
        case noService = 1
        case overloaded = 2
        case remote = 3
        case unsupported = 4
        case tooLarge = 5
        case expired = 6
        case forbidden = 7
        case undecodable = 8
    }

    var errorFrame: ByteBuffer {
        var buffer = ByteBuffer()
        let (kind, code, message): (Kind, UInt16, String) =
            switch self {
            case .noService: (.noService, 0, "")
            case .overloaded: (.overloaded, 0, "")
            case .unsupported: (.unsupported, 0, "")
            case .timeout: (.expired, 0, "")
            case .forbidden: (.forbidden, 0, "")
            case .undecodable: (.undecodable, 0, "")
            case .tooLarge(let limit): (.tooLarge, 0, "\(limit)")
            case .remote(let code, let message): (.remote, code, PlainText.line(message, limit: 1024))
            default: (.remote, 0, "")
            }
        buffer.writeInteger(kind.rawValue)
        buffer.writeInteger(code)
        buffer.writeString(message)
        return buffer
    }

    /// Reads the payload of any ERROR frame; one this version does not know is a failure of the service.
    init(errorFrame payload: ByteBuffer) {
        var buffer = payload
        let kind = buffer.readInteger(as: UInt16.self).flatMap(Kind.init(rawValue:))
        let code = buffer.readInteger(as: UInt16.self) ?? 0
        let message = PlainText.line(
            String(
                buffer: buffer.getSlice(
                    at: buffer.readerIndex, length: min(1024, buffer.readableBytes)) ?? ByteBuffer()), limit: 1024)
        switch kind {
        case .noService: self = .noService
        case .overloaded: self = .overloaded
        case .unsupported: self = .unsupported
        case .expired: self = .timeout
        case .forbidden: self = .forbidden
        case .undecodable: self = .undecodable
        case .tooLarge: self = .tooLarge(limit: PlainText.number(message, in: 0...Frame.hardLimit) ?? 0)
        case .remote, nil: self = .remote(code: code, message: message)
        }
    }
}
