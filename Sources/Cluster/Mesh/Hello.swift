internal import NIOCore

/// What each side says first: who it is and what it speaks.
struct Hello: Sendable, Equatable {
    /// The versions of the protocol this program speaks.
    static let versions: ClosedRange<UInt16> = 1...1
    static let nonceSize = 32

    var versions: ClosedRange<UInt16> = Hello.versions
    var cluster: String
    var member: MemberID
    var roles: [MemberRole]
    /// One bit a feature; only what both sides set may be used. None exist yet.
    var features: UInt64 = 0
    /// The largest payload this side takes, in bytes.
    var maximumPayload: UInt32
    /// Fresh random bytes: they make each exchange unlike any other.
    var nonce: [UInt8]

    static func freshNonce() -> [UInt8] {
        // The system's generator: cryptographically secure on Linux and macOS.
        var generator = SystemRandomNumberGenerator()
        return (0..<nonceSize).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

extension Hello {
    static let magic: UInt32 = 0x524F_4F53  // "ROOS"

    /// Why bytes are not a HELLO.
    enum Fault: Error, Equatable {
        case notRoost
        case malformed
    }

    func encode() -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(Self.magic)
        buffer.writeInteger(versions.lowerBound)
        buffer.writeInteger(versions.upperBound)
        buffer.writeInteger(features)
        buffer.writeInteger(member.incarnation)
        buffer.writeInteger(maximumPayload)
        buffer.writeBytes(nonce)
        Self.write(cluster, to: &buffer)
        Self.write(member.name.description, to: &buffer)
        buffer.writeInteger(UInt8(clamping: roles.count))
        for role in roles.prefix(255) { Self.write(role.rawValue, to: &buffer) }
        return buffer
    }

    /// Reads a HELLO. Bytes after the fields known are a newer version's.
    init(decoding payload: ByteBuffer) throws(Fault) {
        var buffer = payload
        guard buffer.readInteger(as: UInt32.self) == Self.magic else { throw .notRoost }
        guard let minimum = buffer.readInteger(as: UInt16.self), let maximum = buffer.readInteger(as: UInt16.self),
            minimum <= maximum, let features = buffer.readInteger(as: UInt64.self),
            let incarnation = buffer.readInteger(as: UInt64.self), let largest = buffer.readInteger(as: UInt32.self),
            let nonce = buffer.readBytes(length: Self.nonceSize), let cluster = Self.readText(from: &buffer),
            RegistryKeys.isClusterName(cluster), let nameText = Self.readText(from: &buffer),
            let name = MemberName(nameText), name.description == nameText,
            let roleCount = buffer.readInteger(as: UInt8.self)
        else { throw .malformed }
        var roles: [MemberRole] = []
        for _ in 0..<roleCount {
            guard let text = Self.readText(from: &buffer) else { throw .malformed }
            // A role of a newer version is no reason to refuse.
            if let role = MemberRole(rawValue: text) { roles.append(role) }
        }
        self.init(
            versions: minimum...maximum, cluster: cluster, member: MemberID(name: name, incarnation: incarnation),
            roles: roles, features: features, maximumPayload: largest, nonce: nonce)
    }

    private static func write(_ text: String, to buffer: inout ByteBuffer) {
        let bytes = text.utf8.prefix(Int(UInt16.max))
        buffer.writeInteger(UInt16(clamping: bytes.count))
        buffer.writeBytes(bytes)
    }

    private static func readText(from buffer: inout ByteBuffer) -> String? {
        guard let length = buffer.readInteger(as: UInt16.self) else { return nil }
        return buffer.readString(length: Int(length))
    }
}
