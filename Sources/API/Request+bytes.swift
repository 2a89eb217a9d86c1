import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension Request {
    /// The whole body, counted while it comes.
    ///
    /// A `Content-Length` over the limit is refused before a byte is read. The deadline is looked at with each piece
    /// and a silent connection is closed by the idle time-out, so that no timer is needed for a request.
    func bytes(upTo limit: Int, within deadline: Duration) async throws -> [UInt8] {
        var expected = 0
        if let length = headers[.contentLength] {
            guard let length = Int(length), length >= 0, length <= limit else { throw APIError.tooLarge(limit: limit) }
            expected = length
        }
        var bytes: [UInt8] = []
        let started = ContinuousClock.now
        for try await piece in body {
            guard bytes.count + piece.readableBytes <= limit else { throw APIError.tooLarge(limit: limit) }
            // Memory is taken for what came, not for what was announced.
            if bytes.isEmpty { bytes.reserveCapacity(min(expected, max(piece.readableBytes, 64 << 10))) }
            bytes.append(contentsOf: piece.readableBytesView)
            guard ContinuousClock.now - started <= deadline else { throw APIError.tooSlow }
        }
        return bytes
    }
}
