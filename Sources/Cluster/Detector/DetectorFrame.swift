internal import NIOCore

/// What members tell each other about who is alive. All are optional frames: a version that does not know one drops
/// it.
///
///     PEERS    u16 count, then members: u64 incarnation | i64 started | name | version | u8 count, roles
///     WITNESS  u64 incarnation | name: its connection was reset and its port refuses
///     PROBE, PROBE_ACK   u64 incarnation | name; the correlation is the question's number
///     GOODBYE  nothing: the sender leaves
///     FENCED   u64 incarnation: that life of the receiver counts as down
///
/// Texts are u8 length and bytes, a name u16 length and bytes. In PEERS the first member is the sender, the others
/// are those it is connected to.
enum DetectorFrame: Sendable, Equatable {
    case peers([Member])
    case witness(MemberID)
    case probe(MemberID, number: UInt64)
    case acknowledge(MemberID, number: UInt64)
    case goodbye
    case fenced(incarnation: UInt64)

    /// The most members in one PEERS.
    static let maximumPeers = 1024

    /// The frame; PEERS names as many as fit into `limit` bytes.
    func encode(limit: Int = 256 * 1024) -> Frame {
        switch self {
        case .peers(let members): Self.frame(.peers, Self.encode(members, limit: limit))
        case .witness(let id): Self.frame(.witness, Self.encode(id))
        case .probe(let id, let number): Self.frame(.probe, Self.encode(id), number)
        case .acknowledge(let id, let number): Self.frame(.probeAcknowledge, Self.encode(id), number)
        case .goodbye: Self.frame(.goodbye, ByteBuffer())
        case .fenced(let incarnation): Self.frame(.fenced, ByteBuffer(integer: incarnation))
        }
    }

    /// Nil for another type of frame and for what is malformed.
    init?(_ frame: Frame) {
        var payload = frame.payload
        switch FrameType(rawValue: frame.type) {
        case .peers:
            guard let members = Self.decodeMembers(&payload) else { return nil }
            self = .peers(members)
        case .witness:
            guard let id = Self.decodeID(&payload) else { return nil }
            self = .witness(id)
        case .probe:
            guard let id = Self.decodeID(&payload) else { return nil }
            self = .probe(id, number: frame.correlation)
        case .probeAcknowledge:
            guard let id = Self.decodeID(&payload) else { return nil }
            self = .acknowledge(id, number: frame.correlation)
        case .goodbye: self = .goodbye
        case .fenced:
            guard let incarnation = payload.readInteger(as: UInt64.self) else { return nil }
            self = .fenced(incarnation: incarnation)
        default: return nil
        }
    }

    private static func frame(_ type: FrameType, _ payload: ByteBuffer, _ number: UInt64 = 0) -> Frame {
        Frame(type, flags: .optional, correlation: number, payload: payload)
    }

    private static func encode(_ id: MemberID) -> ByteBuffer {
        var buffer = ByteBuffer()
        write(id, to: &buffer)
        return buffer
    }

    private static func write(_ id: MemberID, to buffer: inout ByteBuffer) {
        buffer.writeInteger(id.incarnation)
        let name = id.name.description
        buffer.writeInteger(UInt16(clamping: name.utf8.count))
        buffer.writeString(name)
    }

    private static func encode(_ members: [Member], limit: Int) -> ByteBuffer {
        var entries = ByteBuffer()
        var count: UInt16 = 0
        for member in members.prefix(maximumPeers) {
            let end = entries.writerIndex
            write(member.id, to: &entries)
            entries.writeInteger(member.startedMicroseconds)
            write(member.version, to: &entries)
            entries.writeInteger(UInt8(clamping: member.roles.count))
            for role in member.roles.prefix(255) { write(role.rawValue, to: &entries) }
            if entries.readableBytes + 2 > limit {
                entries.moveWriterIndex(to: end)
                break
            }
            count += 1
        }
        var buffer = ByteBuffer(integer: count)
        buffer.writeBuffer(&entries)
        return buffer
    }

    private static func write(_ text: String, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(clamping: text.utf8.count))
        buffer.writeBytes(text.utf8.prefix(255))
    }

    private static func decodeID(_ buffer: inout ByteBuffer) -> MemberID? {
        guard let incarnation = buffer.readInteger(as: UInt64.self), let length = buffer.readInteger(as: UInt16.self),
            Int(length) <= MemberName.longest, let text = buffer.readString(length: Int(length)),
            let name = MemberName(text), name.description == text
        else { return nil }
        return MemberID(name: name, incarnation: incarnation)
    }

    private static func decodeMembers(_ buffer: inout ByteBuffer) -> [Member]? {
        guard let count = buffer.readInteger(as: UInt16.self), count <= maximumPeers else { return nil }
        var members: [Member] = []
        for _ in 0..<count {
            guard let id = decodeID(&buffer), let started = buffer.readInteger(as: Int64.self), started >= 0,
                let version = decodeText(&buffer), PlainText.isLine(version, limit: Member.longestVersion),
                let roleCount = buffer.readInteger(as: UInt8.self)
            else { return nil }
            var roles: [MemberRole] = []
            for _ in 0..<roleCount {
                guard let text = decodeText(&buffer) else { return nil }
                // A role of a newer version is no reason to refuse.
                if let role = MemberRole(rawValue: text) { roles.append(role) }
            }
            members.append(
                Member(
                    name: id.name, incarnation: id.incarnation, roles: roles, startedMicroseconds: started,
                    version: version))
        }
        return members
    }

    private static func decodeText(_ buffer: inout ByteBuffer) -> String? {
        buffer.readInteger(as: UInt8.self).flatMap { buffer.readString(length: Int($0)) }
    }
}
