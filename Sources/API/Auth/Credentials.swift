import HTTPTypes

/// What a request shows of who it is from.
enum Credentials: Sendable, Equatable {
    case none
    /// `Authorization: Bearer …`.
    case bearer(String)
    /// The session of a browser; only looked at where there is no `Authorization`.
    case session(String)
    /// An `Authorization` that is no bearer token.
    case unreadable

    init(_ fields: HTTPFields) {
        if let header = fields[.authorization] {
            let parts = header.utf8.split(separator: UInt8(ascii: " "))
            guard parts.count == 2, String(decoding: parts[0], as: UTF8.self).lowercased() == "bearer",
                parts[1].count <= Self.longest, parts[1].allSatisfy(AdminToken.isAllowed)
            else {
                self = .unreadable
                return
            }
            self = .bearer(String(decoding: parts[1], as: UTF8.self))
        } else if let value = SessionCookie.value(in: fields), value.utf8.count <= Self.longest {
            self = .session(value)
        } else {
            self = .none
        }
    }

    static let longest = 512
}
