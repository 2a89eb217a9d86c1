import RoostJobs
import Testing

/// One line of a table: expression, zone if it matters, the moment after which it is asked for, what is due next.
struct CronRow: Sendable, CustomTestStringConvertible {
    let expression: String
    let zone: String
    let after: String
    let expected: [String]

    var testDescription: String { "\(expression) \(zone) after \(after)" }

    /// Splits lines at bars.
    static func rows(_ table: String) -> [CronRow] {
        table.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
            guard cells.count == 3 || cells.count == 4, let last = cells.last else { return nil }
            return CronRow(
                expression: cells[0], zone: cells.count == 4 ? cells[1] : "UTC", after: cells[cells.count - 2],
                expected: last.split(separator: " ").map { "\($0.dropLast()).000000Z" })
        }
    }

    /// As many moments as are expected.
    func due(in zone: TimeZoneRules? = nil) throws -> [String] {
        let zone = try zone ?? TimeZoneRules(named: self.zone)
        let start = try #require(Timestamp(rfc3339: after))
        return try CronSchedule(expression)
            .slots(after: start, through: Timestamp(microseconds: .max), in: zone, limit: expected.count)
            .map(\.rfc3339)
    }
}

extension Timestamp {
    /// A moment in seconds since 1970.
    static func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }
}
