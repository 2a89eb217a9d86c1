import HTTPTypes
import HummingbirdCore

/// The session of a browser: a cookie that holds the token, which no script can read and no other site has sent.
///
/// There is nothing of it on the server: a token that is revoked ends its sessions too.
enum SessionCookie {
    static let name = "roost_session"
    /// A working day; the token may end before.
    private static let seconds = 12 * 3600

    /// The session a request has.
    static func value(in fields: HTTPFields) -> String? {
        guard let cookies = fields[.cookie] else { return nil }
        for cookie in cookies.utf8.split(separator: UInt8(ascii: ";")) {
            let pair = cookie.drop { $0 == UInt8(ascii: " ") }.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].elementsEqual(name.utf8) else { continue }
            let value = pair[1].prefix { $0 != UInt8(ascii: " ") }
            return value.isEmpty || !value.allSatisfy(AdminToken.isAllowed)
                ? nil : String(decoding: value, as: UTF8.self)
        }
        return nil
    }

    /// What begins a session. Only a token of which every byte is allowed in one comes here.
    static func begin(_ token: String, for request: Request, path: String) -> String {
        "\(name)=\(token); Max-Age=\(seconds); \(attributes(request, path))"
    }

    /// What ends it.
    static func end(for request: Request, path: String) -> String {
        "\(name)=; Max-Age=0; \(attributes(request, path))"
    }

    private static func attributes(_ request: Request, _ path: String) -> String {
        // The proxy with the certificate says so; whoever lies about it only keeps its own cookie from itself.
        let isSecure = request.headers[.forwardedProto]?.lowercased() == "https"
        return "Path=\(path); HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }
}
