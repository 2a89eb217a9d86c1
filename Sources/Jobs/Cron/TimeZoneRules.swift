/// What the clocks of one time zone show: past and coming changes of its offset from UTC.
///
/// Foundation's own time zones need ICU or are missing where only FoundationEssentials is linked, so this reads the
/// system's TZif files (RFC 8536) itself. The rules are those of the files when they were read; a process sees an
/// update of tzdata after a restart.
public struct TimeZoneRules: Sendable, Hashable, CustomStringConvertible {
    /// Where systems keep their time zones.
    public static let systemDirectory = "/usr/share/zoneinfo"

    /// Coordinated universal time.
    public static let utc = TimeZoneRules(name: "UTC", table: TimeZoneTable(offset: 0))

    /// The name it was asked for by: `Europe/Berlin`, `UTC`, `+02:00`.
    public let name: String
    let table: TimeZoneTable

    init(name: String, table: TimeZoneTable) {
        self.name = name
        self.table = table
    }

    /// Reads a time zone: `UTC` and `±hh:mm` (to ±23:59) without a file, any other name from `directory`.
    ///
    /// A name is 1 to 64 characters of A-Z a-z 0-9 _ + - and / between non-empty parts, so it cannot leave the
    /// directory. The file is read on the calling thread, once, and may have at most 64 KiB (real ones have 4).
    public init(named name: String, directory: String = Self.systemDirectory) throws(TimeZoneFault) {
        if name == "UTC" {
            self = .utc
        } else if let offset = Self.fixedOffset(name) {
            self.init(name: name, table: TimeZoneTable(offset: offset))
        } else {
            guard Self.isValid(name: name) else {
                throw TimeZoneFault(.invalidName, "a time zone is a name such as Europe/Berlin, UTC or +02:00")
            }
            let bytes = try TimeZoneFile.read("\(directory)/\(name)", named: name)
            self.init(name: name, table: try TimeZoneTable(tzif: bytes, named: name))
        }
    }

    /// Seconds this zone's clocks are east of UTC (ahead of it) at a moment.
    public func offset(at moment: Timestamp) -> Int { Int(table.period(at: moment.seconds).offset) }

    public var description: String { name }

    /// Whether a name is safe to append to a directory.
    static func isValid(name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in !part.isEmpty && part.allSatisfy(isNameByte) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Seconds east, from `+hh:mm` or `-hh:mm`.
    private static func fixedOffset(_ name: String) -> Int64? {
        guard name.utf8.count == 6, name.hasPrefix("+") || name.hasPrefix("-") else { return nil }
        return Timestamp.offset(Array(name.utf8)[...])
    }
}

extension Timestamp {
    /// Whole seconds since 1970, rounded down.
    var seconds: Int64 { microseconds / 1_000_000 }

    /// The moment at a whole second, or nil outside the years 1970 to 9999.
    init?(seconds: Int64) {
        guard (0...Self.latestSecond).contains(seconds) else { return nil }
        self.init(microseconds: seconds * 1_000_000)
    }

    /// The last second of the year 9999.
    static let latestSecond: Int64 = 253_402_300_799
}
