/// When a periodic job is due: a cron expression.
///
/// Five fields, or six with seconds first: `[second] minute hour day-of-month month day-of-week`. A field is a list of
/// `n`, `a-b`, `a-b/step`, `a/step` (to the field's end), `*` and `*/step`. Months may be `JAN` to `DEC`, days of the
/// week 0 to 7 (0 and 7 are Sunday) or `SUN` to `SAT`, in either case. Beyond that `?` means any day, `L` the last day
/// of the month, `MON#2` the second Monday of the month.
///
/// Macros: `@yearly` (`@annually`), `@monthly`, `@weekly`, `@daily` (`@midnight`), `@hourly`, `@every_minute`, and
/// `@every` with a length such as `30s`, `5m`, `1h30m` or `7d`, one second to 366 days: multiples of it since 1970, in
/// any time zone.
///
/// **Days.** When both the day of month and the day of week are restricted, either is enough: `0 0 13 * FRI` is every
/// 13th and every Friday. A field that begins with `*` or `?` does not restrict in that sense; its step still counts:
/// `0 0 */2 * MON` is Mondays on odd days. This is Vixie cron's rule.
///
/// **Changes of the clock.** Much as in Vixie cron, but only the hour field decides, and the length of the change does
/// not matter:
/// - Hours of the day (`30 2 * * *`): a local time that the clocks jump over is due once, at the first moment after the
///   gap, whatever number of times are in the gap; one that is shown twice is due the first time only.
/// - Any hour (`*`, `*/6`, `0-23/2`, or all of them): due whenever the clocks really show it, so `*/15 * * * *` goes on
///   every 15 minutes; a time in a gap is left out and one shown twice is due twice.
public struct CronSchedule: Sendable, Hashable, CustomStringConvertible {
    /// The longest expression, in bytes.
    public static let maximumLength = 200

    enum Rule: Sendable, Hashable {
        case fields(CronFields)
        /// Every so many seconds since 1970.
        case every(Int64)
    }

    /// The expression as it was given.
    public let description: String
    let rule: Rule

    /// Parses an expression. Refuses with a `CronFault` what is malformed, out of range, longer than 200 bytes, or
    /// would never be due (`0 0 30 2 *`).
    public init(_ expression: String) throws(CronFault) {
        guard expression.utf8.count <= Self.maximumLength else {
            throw CronFault(field: "schedule", message: "is longer than \(Self.maximumLength) bytes")
        }
        // Faults quote the expression, so what might not be shown well is refused first.
        guard expression.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw CronFault(field: "schedule", message: "has a character that is not printable ASCII")
        }
        let words = expression.utf8.split { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }
        guard let first = words.first else { throw CronFault(field: "schedule", message: "is empty") }
        description = expression
        rule = first.hasPrefix("@") ? try Self.macro(words) : .fields(try CronFields(words))
    }
}
