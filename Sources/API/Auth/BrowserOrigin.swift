import HTTPTypes
import HummingbirdCore

/// Where the page is from that had a browser send a request.
enum BrowserOrigin: Sendable, Equatable {
    /// No browser says anything: another program, or one that may leave out both headers.
    case untold
    /// From here.
    case same
    /// From elsewhere; its origin as it is said.
    case other(String)

    init(_ request: Request) {
        self.init(
            origin: request.headers[.origin], site: request.headers[.fetchSite], host: request.head.authority ?? "")
    }

    init(origin: String?, site: String?, host: String) {
        if let origin {
            self = Self.isSame(origin, host) ? .same : .other(origin)
        } else if let site, site != "none" {
            // `none`: typed by the user, not sent by any page.
            self = site == "same-origin" ? .same : .other("")
        } else {
            self = .untold
        }
    }

    /// Whether an origin is the one the request is for. Its scheme is not looked at: a proxy may have taken the TLS off.
    private static func isSame(_ origin: String, _ host: String) -> Bool {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")] where origin.hasPrefix(scheme) {
            let authority = String(origin.dropFirst(scheme.count)).lowercased()
            return !authority.isEmpty && without(port, authority) == without(port, host.lowercased())
        }
        return false
    }

    private static func without(_ port: String, _ authority: String) -> String {
        authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }

    /// Whether the host of a request is an address or `localhost`, not a name that anybody's DNS may point here.
    static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("[") { return true }
        let name = host.lowercased().prefix { $0 != ":" }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
