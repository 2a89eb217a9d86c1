import RoostJobs

/// What the cron duty has read: time zones, each from its file once, and which periodic jobs it cannot fire.
struct CronBook {
    /// Time zones and complaints that are remembered; beyond that it starts afresh.
    static let limit = 1000

    /// How an entry can be fired.
    enum Plan {
        case fire(CronMachine)
        /// By nobody.
        case fault(String)
        /// Not here; known since then.
        case missingZone(String, since: ContinuousClock.Instant)
    }

    private struct Definition: Hashable {
        let name: String
        let schedule: String
        let timeZone: String

        init(_ entry: CronEntry) { (name, schedule, timeZone) = (entry.name, entry.schedule, entry.timeZone) }
    }

    private let timeZones: String
    private var zones: [String: TimeZoneRules] = [:]
    private var missing: [Definition: ContinuousClock.Instant] = [:]
    private var told: Set<Definition> = []

    init(timeZones: String) { self.timeZones = timeZones }

    mutating func plan(_ entry: CronEntry) -> Plan {
        let schedule: CronSchedule
        do throws(CronFault) {
            schedule = try CronSchedule(entry.schedule)
        } catch {
            return .fault("\(error)")
        }
        do throws(TimeZoneFault) {
            return .fire(CronMachine(schedule: schedule, zone: try zone(entry.timeZone)))
        } catch {
            if error.code == .invalidName { return .fault("\(error)") }
            if missing.count >= Self.limit { missing = [:] }
            let since = missing[Definition(entry)] ?? .now
            missing[Definition(entry)] = since
            return .missingZone("\(error)", since: since)
        }
    }

    /// Whether this entry was not complained about before, as it is defined now.
    mutating func isNews(_ entry: CronEntry) -> Bool {
        if told.count >= Self.limit { told = [] }
        missing[Definition(entry)] = nil
        return told.insert(Definition(entry)).inserted
    }

    private mutating func zone(_ name: String) throws(TimeZoneFault) -> TimeZoneRules {
        if let zone = zones[name] { return zone }
        let zone = try TimeZoneRules(named: name, directory: timeZones)
        if zones.count >= Self.limit { zones = [:] }
        zones[name] = zone
        return zone
    }
}
