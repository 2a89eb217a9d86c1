import Glibc

/// One life of a member: its name and the incarnation a process took when it started.
///
/// A restart on the same host and port is another member with the same name; whatever was meant for the earlier one
/// must not reach the later.
public struct MemberID: Sendable, Hashable {
    /// What it is called.
    public let name: MemberName
    /// Which life of that name: greater is newer.
    public let incarnation: UInt64

    /// Joins a name and an incarnation.
    public init(name: MemberName, incarnation: UInt64) {
        self.name = name
        self.incarnation = incarnation
    }

    /// A fresh incarnation: milliseconds since 1970 in the upper 48 bits, 16 random bits below, so that later starts
    /// compare greater and two starts in one millisecond differ.
    public static func freshIncarnation() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = UInt64(max(0, time.tv_sec)) &* 1000 &+ UInt64(max(0, time.tv_nsec)) / 1_000_000
        return milliseconds << 16 | UInt64.random(in: 0...0xFFFF)
    }

    /// The incarnation as 16 hexadecimal digits: text order is number order, and no reader rounds it to a double.
    var incarnationText: String { Self.text(of: incarnation) }

    static func text(of incarnation: UInt64) -> String {
        let digits = String(incarnation, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    static func incarnation(from text: some StringProtocol) -> UInt64? {
        guard text.utf8.count == 16, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
            return nil
        }
        return UInt64(text, radix: 16)
    }
}

extension MemberID: CustomStringConvertible {
    /// `role@host:port#incarnation`
    public var description: String { "\(name)#\(incarnationText)" }

    /// Parses what `description` writes.
    init?(_ text: String) {
        guard let hash = text.lastIndex(of: "#"), let name = MemberName(String(text[..<hash])),
            let incarnation = Self.incarnation(from: text[text.index(after: hash)...])
        else { return nil }
        self.init(name: name, incarnation: incarnation)
    }
}

extension MemberID: Comparable {
    /// By name, then by incarnation.
    public static func < (left: Self, right: Self) -> Bool {
        left.name == right.name ? left.incarnation < right.incarnation : left.name < right.name
    }
}
