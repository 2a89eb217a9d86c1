import FoundationEssentials
import RoostTestKit
import Testing

@testable import RoostJobs

@Suite("A time zone's file")
struct TimeZoneFileTests {
    @Test("cut off anywhere is refused", arguments: ["Europe/Berlin", "Pacific/Apia"])
    func truncated(name: String) throws {
        let bytes = try TimeZoneFile.read("\(TimeZoneRules.systemDirectory)/\(name)", named: name)
        _ = try TimeZoneTable(tzif: bytes, named: name)
        for end in bytes.indices {
            let fault = #expect(throws: TimeZoneFault.self) {
                try TimeZoneTable(tzif: Array(bytes[..<end]), named: name)
            }
            #expect(fault?.code == .malformed)
        }
    }

    @Test("never crashes the reader, nor its users, whatever is wrong with it")
    func fuzz() throws {
        var random = SeededGenerator(seed: 1)
        let daily = try CronSchedule("30 2 * * *")
        let hourly = try CronSchedule("*/7 * * * *")
        let whole = try TimeZoneFile.read("\(TimeZoneRules.systemDirectory)/Australia/Lord_Howe", named: "")
        var read = 0
        for round in 0..<20_000 {
            // A short file of plausible parts, or the real one; then some of its bytes changed.
            var bytes = round % 40 == 0 ? whole : Self.file(using: &random)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 10 == 0 { bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) }
            guard let table = try? TimeZoneTable(tzif: bytes, named: "fuzz") else { continue }
            read += 1
            let zone = TimeZoneRules(name: "fuzz", table: table)
            let moment = Timestamp.at(Int64.random(in: 0...253_402_300_799, using: &random))
            _ = zone.instants(local: moment.seconds)
            for schedule in [daily, hourly] {
                let next = schedule.next(after: moment, in: zone)
                #expect(next.map { $0 > moment } ?? true)
            }
        }
        #expect(read > 2000)
    }

    @Test("of random bytes is refused")
    func noise() {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<5000 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            #expect(throws: TimeZoneFault.self) { try TimeZoneTable(tzif: bytes, named: "noise") }
            let header = Array("TZif2".utf8) + bytes
            #expect(throws: TimeZoneFault.self) { try TimeZoneTable(tzif: header, named: "noise") }
        }
    }

    @Test("that counts leap seconds, claims to have 2^32 changes, or is too large is refused")
    func unusable() throws {
        let good = Self.file(version: 0, changes: [(10, 1)], offsets: [0, 3600])
        #expect(try TimeZoneTable(tzif: good, named: "").period(at: 10).offset == 3600)
        // Version, leap seconds, number of changes, number of types, type of the change, magic.
        for (index, byte) in [(4, 1), (4, 53), (31, 1), (32, 255), (35, 2), (39, 0), (48, 2), (0, 0)] as [(Int, UInt8)]
        {
            var bytes = good
            bytes[index] = byte
            #expect(throws: TimeZoneFault.self, "\(index)") { try TimeZoneTable(tzif: bytes, named: "") }
        }
        for (changes, offsets) in [
            ([(10, 0), (10, 0)], [0]), ([(10, 0), (9, 0)], [0]), ([(10, 1)], [0]), ([], []), ([], [93_600]),
        ]
            as [([(Int64, UInt8)], [Int64])]
        {
            let bytes = Self.file(version: 2, changes: changes, offsets: offsets)
            #expect(throws: TimeZoneFault.self) { try TimeZoneTable(tzif: bytes, named: "") }
        }
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "roost-zones-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(good + [UInt8](repeating: 0, count: 70_000)).write(to: directory.appending(path: "Large"))
        try Data(good).write(to: directory.appending(path: "Good"))
        #expect(try TimeZoneRules(named: "Good", directory: directory.path).offset(at: .at(10)) == 3600)
        let fault = #expect(throws: TimeZoneFault.self) { try TimeZoneRules(named: "Large", directory: directory.path) }
        #expect(fault?.code == .malformed)
    }

    @Test("leaves the last change of its table to the table, and only what follows to the footer")
    func seam() throws {
        let change: Int64 = 1_000_000_800
        let bytes = Self.file(version: 2, changes: [(change, 1)], offsets: [3600, 0], footer: "UTC0")
        let table = try TimeZoneTable(tzif: bytes, named: "")
        #expect(table.period(at: change - 1) == .init(start: .min, end: change, offset: 3600))
        #expect(table.period(at: change) == .init(start: change, end: .max, offset: 0))
        let zone = TimeZoneRules(name: "seam", table: table)
        #expect(zone.instants(local: change) == .two(.at(change - 3600), .at(change)))
        // 02:30 is shown at 01:30 and again at 02:30 UTC.
        let schedule = try CronSchedule("30 2 * * *")
        let slots = schedule.slots(after: .at(change - 7200), through: .at(change + 7200), in: zone, limit: 9)
        #expect(slots == [.at(change - 1800)])
    }

    /// A file of plausible parts.
    static func file(using random: inout SeededGenerator) -> [UInt8] {
        var time = Int64.random(in: -10_000_000_000...10_000_000_000, using: &random)
        let changes = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            time += Int64.random(in: 1...(Bool.random(using: &random) ? 5000 : 200_000_000), using: &random)
            return (time, UInt8.random(in: 0...3, using: &random))
        }
        let offsets = (0..<4).map { _ in Int64.random(in: -89_999...93_599, using: &random) }
        let footers = [
            "", "CET-1CEST,M3.5.0,M10.5.0/3", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "EST5EDT,0/0,J365/25", "UTC0", "A+1",
        ]
        return file(
            version: 2, changes: changes, offsets: offsets, footer: footers.randomElement(using: &random) ?? "")
    }

    /// A file with one type for each offset; of version 2 with an empty first part.
    static func file(
        version: Int, changes: [(time: Int64, type: UInt8)], offsets: [Int64], footer: String = ""
    ) -> [UInt8] {
        func header(_ changes: Int, _ types: Int) -> [UInt8] {
            Array("TZif".utf8) + [version == 0 ? 0 : UInt8(48 + version)] + [UInt8](repeating: 0, count: 15)
                + [0, 0, 0, changes, types, 0].flatMap { big(Int64($0), 4) }
        }
        func big(_ value: Int64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> Int64(8 * (count - 1 - $0))) }
        }
        var bytes = version == 0 ? [] : header(0, 0)
        bytes += header(changes.count, offsets.count)
        bytes += changes.flatMap { big($0.time, version == 0 ? 4 : 8) } + changes.map(\.type)
        bytes += offsets.flatMap { big($0, 4) + [0, 0] }
        return bytes + (version == 0 ? [] : Array("\n\(footer)\n".utf8))
    }
}
