extension RedisConfiguration {
    /// Reads a URL.
    ///
    /// - `redis://[[user]:password@]host[:port][/db]`, `rediss://…` for TLS
    /// - `unix://[[user]:password@]/path[?db=n]`, also `redis+unix://…`
    /// - `redis+sentinel://[[user]:password@]host[:port],host[:port],…/master-name`, the hosts being sentinels
    /// - `redis+cluster://[[user]:password@]host[:port],host[:port],…`, the hosts being some of a cluster's nodes
    ///
    /// Query: `db=n` (not with a cluster), `name=client-name`, `wait=n` (replicas that confirm), with TLS `ca=/path.pem` and
    /// `verify=no`, with sentinels or a cluster `tls=1`, with sentinels `sentinel-user` and `sentinel-password`. User,
    /// password, path and query values may be percent-encoded.
    /// - Throws: ``RedisError`` with the code `configuration`; its message never repeats the URL, which may hold a
    ///   password.
    public init(url: String) throws(RedisError) {
        guard let separator = url.firstRange(of: "://") else { throw Self.bad("has no scheme such as redis://") }
        var rest = url[separator.upperBound...]
        guard !rest.contains("#") else { throw Self.bad("has a fragment; write %23 for # in a password") }
        self.init()
        let query = rest.firstIndex(of: "?").map { rest[$0...].dropFirst() } ?? ""
        rest = rest.prefix { $0 != "?" }
        switch url[..<separator.lowerBound].lowercased() {
        case "redis": try readAddress(rest)
        case "rediss":
            tls = true
            try readAddress(rest)
        case "unix", "redis+unix": try readSocket(rest)
        case "redis+sentinel": try readSentinels(rest)
        case "redis+cluster": try readNodes(rest)
        default: throw Self.bad("has a scheme other than redis, rediss, unix, redis+sentinel and redis+cluster")
        }
        let items = query.split(separator: "&")
        // The other options of TLS depend on it.
        if topology != .server { tls = items.contains("tls=1") }
        for item in items { try readQuery(item) }
    }

    static func bad(_ what: String) -> RedisError { RedisError(.configuration, "the Redis URL \(what)") }

    private mutating func readAddress(_ text: Substring) throws(RedisError) {
        let authority = text.prefix { $0 != "/" }
        let path = text[authority.endIndex...].dropFirst()
        let endpoint = try Self.endpoint(try readCredentials(authority), port: port)
        (host, port) = (endpoint.host, endpoint.port)
        if !path.isEmpty { database = try Self.number(path, 0...Self.maximumDatabase, "a database") }
    }

    private mutating func readSocket(_ text: Substring) throws(RedisError) {
        // A path may hold an @, so credentials are only looked for before its first slash.
        let authority = text.prefix { $0 != "/" }
        guard try readCredentials(authority).isEmpty else { throw Self.bad("needs an absolute socket path") }
        let path = try Self.decoded(text[authority.endIndex...], "a socket path")
        // sun_path holds 108 bytes with the final NUL.
        guard !path.isEmpty, path.utf8.count < 108 else { throw Self.bad("needs a socket path of 1 to 107 bytes") }
        unixSocketPath = path
    }

    /// Takes user and password off the front and returns the rest.
    mutating func readCredentials(_ authority: Substring) throws(RedisError) -> Substring {
        guard let at = authority.lastIndex(of: "@") else { return authority }
        let credentials = authority[..<at]
        guard let colon = credentials.firstIndex(of: ":") else {
            throw Self.bad("names a user without a password; a password alone is written :password@")
        }
        let user = try Self.decoded(credentials[..<colon], "a user")
        let secret = try Self.decoded(credentials[credentials.index(after: colon)...], "a password")
        guard !secret.isEmpty || user.isEmpty else { throw Self.bad("has an empty password") }
        username = user.isEmpty ? nil : user
        password = secret.isEmpty ? nil : secret
        return authority[authority.index(after: at)...]
    }

    /// Reads `host[:port]`.
    static func endpoint(_ text: Substring, port: Int) throws(RedisError) -> RedisEndpoint {
        var name = text
        var portText: Substring?
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Self.bad("has an unfinished IPv6 address") }
            name = text[..<end].dropFirst()
            let tail = text[end...].dropFirst()
            guard tail.isEmpty || tail.first == ":" else { throw Self.bad("has something after its IPv6 address") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            name = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "%") }) else {
            throw Self.bad("has no host")
        }
        guard let portText else { return RedisEndpoint(host: String(name), port: port) }
        return RedisEndpoint(host: String(name), port: try Self.number(portText, 1...65535, "a port"))
    }

    private mutating func readQuery(_ item: Substring) throws(RedisError) {
        let key = item.prefix { $0 != "=" }
        let value = try Self.decoded(item[key.endIndex...].dropFirst(), "a query value")
        switch key {
        case "db" where topology != .cluster:
            database = try Self.number(value[...], 0...Self.maximumDatabase, "a database")
        case "name": clientName = value
        case "ca" where tls: tlsCACertificatePath = value
        case "verify" where tls && (value == "no" || value == "yes"): tlsVerifiesCertificate = value == "yes"
        case "wait": confirmingReplicas = try Self.number(value[...], 0...16, "a number of replicas")
        case "tls" where topology != .server && (value == "0" || value == "1"): break
        case "sentinel-user" where isSentinel && !value.isEmpty: sentinelUsername = value
        case "sentinel-password" where isSentinel && !value.isEmpty: sentinelPassword = value
        default:
            throw Self.bad(
                "has a query other than db, name, wait, ca and verify (yes or no), tls (1), sentinel-user and "
                    + "sentinel-password, or one that does not go with its scheme")
        }
    }

    private var isSentinel: Bool { if case .sentinel = topology { true } else { false } }

    private static let maximumDatabase = 1_000_000

    private static func number(_ text: Substring, _ range: ClosedRange<Int>, _ what: String) throws(RedisError) -> Int {
        // Int("+5") parses, so the digits are checked first.
        guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(text), range.contains(number) else {
            throw bad("has \(what) outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func decoded(_ text: Substring, _ what: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(hexDigit), let low = iterator.next().flatMap(hexDigit) else {
                throw bad("has \(what) with a broken percent escape")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw bad("has \(what) that is not text")
        }
        return decoded
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
