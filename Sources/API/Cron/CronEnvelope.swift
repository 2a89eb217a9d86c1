import RoostJobs

/// A periodic job as it comes over the wire.
struct CronEnvelope {
    /// What to give to the store; nil when something is wrong.
    private(set) var entry: CronEntry?
    /// Its first slot after the given moment.
    private(set) var next: Timestamp?
    /// What is wrong, the store's limits included.
    private(set) var issues: [NewJob.Issue] = []

    // As far as they could be read.
    private var schedule: String?
    private var zone = "UTC"
    private var catchUp = CronEntry.CatchUp.latest
    private var isPaused = false
    private var job: JobEnvelope?

    /// Reads a periodic job; `now` is the store's time.
    init(_ object: JSONObject, name: String, now: Timestamp, configuration: APIConfiguration) {
        var reader = FieldReader(limit: configuration.maximumIssues)
        for (key, value) in object.members where value.kind != .null {
            read(key, value, &reader, configuration)
        }
        for key in ["schedule", "job"] where object[key].map({ $0.kind == .null }) ?? true {
            reader.add(key, "is missing")
        }
        let slots = schedule.flatMap { readSlots($0, configuration.timeZones, &reader) }
        next = slots?.next(after: now)
        if slots != nil, next == nil { reader.add("schedule", "is never due") }
        issues = reader.issues + (job?.issues ?? [])
        guard issues.isEmpty, let schedule, let job else { return }
        entry = CronEntry(
            name: name, schedule: schedule, timeZone: zone, catchUp: catchUp, isPaused: isPaused, job: job.job)
    }

    private mutating func read(
        _ key: String, _ value: JSONSlice, _ reader: inout FieldReader, _ configuration: APIConfiguration
    ) {
        switch key {
        case "schedule": schedule = reader.string(value, key)
        case "time_zone": zone = reader.string(value, key) ?? zone
        case "catch_up": catchUp = reader.word(value, key) ?? catchUp
        case "paused": isPaused = reader.bool(value, key) ?? isPaused
        case "job":
            guard let object = reader.job(value, key) else { return }
            job = JobEnvelope(object, place: .periodic, path: "job.", configuration: configuration)
        default: reader.add(key, "is not a field of a periodic job")
        }
    }

    private func readSlots(
        _ schedule: String, _ timeZones: String, _ reader: inout FieldReader
    ) -> CronSlots? {
        var zone: TimeZoneRules?
        do throws(TimeZoneFault) { zone = try TimeZoneRules(named: self.zone, directory: timeZones) } catch {
            reader.add("time_zone", error.message)
        }
        do throws(CronFault) {
            let schedule = try CronSchedule(schedule)
            return zone.map { CronSlots(schedule: schedule, zone: $0) }
        } catch {
            reader.add("schedule", error.field == "schedule" ? error.message : error.description)
            return nil
        }
    }
}

extension FieldReader {
    /// A job inside a larger body, checked again by itself: its payload may nest as deep as one that comes alone.
    mutating func job(_ value: JSONSlice, _ path: String) -> JSONObject? {
        guard value.kind == .object else {
            add(path, "must be an object")
            return nil
        }
        do throws(JSONFault) {
            return try JSONScanner.parseObject(value.bytes, maximumDepth: JobLimits.depth + 1)
        } catch {
            add(path, error.message)
            return nil
        }
    }
}
