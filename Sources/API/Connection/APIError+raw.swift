import Glibc
import HTTPTypes
import NIOCore

extension APIError {
    /// The reply as bytes of HTTP/1.1, for a connection whose request never reached the server.
    var rawReply: String {
        var json = JSONWriter(capacity: 96)
        json.object { $0.field(key, message) }
        var head = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nConnection: close\r\nDate: \(Self.date())\r\n"
        head += "Content-Type: application/json\r\nContent-Length: \(json.buffer.readableBytes)\r\n"
        for field in headers { head += "\(field.name): \(field.value)\r\n" }
        return head + "\r\n" + String(buffer: json.buffer)
    }

    /// Now, as RFC 9110 writes dates. Roost never sets a locale: the names are English.
    private static func date() -> String {
        var seconds = time(nil)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var text = [CChar](repeating: 0, count: 40)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
