import Crypto

/// A Lua script, run by its SHA-1 so that its source travels once.
public struct RedisScript: Sendable {
    /// What it is called in messages.
    public let name: String
    /// The Lua source.
    public let source: String
    /// The SHA-1 of the source in lower-case hexadecimal: how Redis addresses a script, not a matter of security.
    public let sha1: String
    /// Whether as many replicas as ``RedisConfiguration/confirmingReplicas`` says must have what it wrote before its reply
    /// counts. Not so at first.
    public private(set) var isConfirmed = false

    /// The same script, to be confirmed.
    public var confirmed: RedisScript {
        var script = self
        script.isConfirmed = true
        return script
    }

    /// Makes a script; hashes the source once.
    public init(name: String, source: String) {
        self.name = name
        self.source = source
        var hash = Insecure.SHA1()
        Array(source.utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        for byte in hash.finalize() {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        sha1 = String(decoding: hex, as: UTF8.self)
    }

    /// A command that runs the script by its SHA-1; the server refuses it with `NOSCRIPT` when it does not know the script
    /// (any more). ARGV is appended to it.
    public func command(keys: [String]) -> RedisCommand {
        var command = RedisCommand("EVALSHA", sha1, String(keys.count))
        for key in keys { command.append(key) }
        return command
    }
}
