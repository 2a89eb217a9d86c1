import Hummingbird
import NIOCore

/// One file of the console, part of the program.
struct ConsoleAsset: Sendable {
    let body: ByteBuffer
    let type: String
    let tag: String

    init(_ bytes: [UInt8], type: String) {
        body = ByteBuffer(bytes: bytes)
        self.type = type
        // FNV-1a: tells one build's file from another's, nothing more.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        tag = "\"\(String(hash, radix: 36))\""
    }

    /// The file, or 304 for a browser that has it.
    func response(to request: Request) -> Response {
        // Asked for anew each time: a page of one version with a script of another would break.
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-cache", .eTag: tag]
        if let known = request.headers[.ifNoneMatch], known == tag || known == "*" {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = String(body.readableBytes)
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
