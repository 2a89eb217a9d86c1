internal import NIOCore

/// A GROUP frame: u8 kind | u8 length, name | …
struct GroupNews: Sendable, Equatable {
    enum Kind: UInt8, Sendable {
        /// These and no others, unless `joined` follows.
        case all = 0
        case joined = 1
        case left = 2
    }

    var kind: Kind
    var groups: [String]

    /// How many names one frame carries at most: a frame stays small enough to need no parts.
    static let most = 500

    var frame: Frame {
        var payload = ByteBuffer(integer: kind.rawValue)
        for group in groups {
            payload.writeInteger(UInt8(clamping: group.utf8.count))
            payload.writeString(group)
        }
        return Frame(.group, flags: .optional, payload: payload)
    }

    init(_ kind: Kind, _ groups: [String]) {
        self.kind = kind
        self.groups = groups
    }

    /// Nil when it cannot be read.
    init?(decoding payload: ByteBuffer) {
        var payload = payload
        guard let kind = payload.readInteger(as: UInt8.self).flatMap(Kind.init(rawValue:)) else { return nil }
        var groups: [String] = []
        while let length = payload.readInteger(as: UInt8.self) {
            guard groups.count < Self.most, let group = payload.readString(length: Int(length)),
                MessageBody.isService(group)
            else { return nil }
            groups.append(group)
        }
        self.init(kind, groups)
    }

    /// Everything a member is in, as news for somebody who knows nothing.
    static func everything(_ groups: [String]) -> [GroupNews] {
        var news = [GroupNews(.all, Array(groups.prefix(most)))]
        var rest = groups.dropFirst(most)
        while !rest.isEmpty {
            news.append(GroupNews(.joined, Array(rest.prefix(most))))
            rest = rest.dropFirst(most)
        }
        return news
    }
}
