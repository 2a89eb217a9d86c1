/// What a member says of itself with each heartbeat.
///
/// Written as JSON into the registry. Fields a newer version adds are ignored, fields an older one lacks read as zero.
public struct MemberReport: Sendable, Hashable, Codable {
    /// How many jobs it can run at once.
    public var slots: Int
    /// How many it runs now.
    public var busy: Int
    /// Jobs that ended well since it started.
    public var processed: Int
    /// Jobs that failed since it started.
    public var failed: Int
    /// Where its HTTP API answers, `host:port`, when it has one.
    public var httpAddress: String?
    /// Where its console answers, `host:port`, when it has one.
    public var consoleAddress: String?
    /// It finishes what it has and takes nothing new.
    public var draining: Bool
    /// Its supervised loops; at most 64.
    public var duties: [DutyReport]
    /// Resident memory in bytes.
    public var rssBytes: Int
    /// What the store knows its running jobs by, when it runs any: printable ASCII, at most 200 bytes. When its process
    /// is proved to be gone, others take the jobs of that worker back.
    public var worker: String?

    /// Joins the parts.
    public init(
        slots: Int = 0, busy: Int = 0, processed: Int = 0, failed: Int = 0, httpAddress: String? = nil,
        consoleAddress: String? = nil, draining: Bool = false, duties: [DutyReport] = [], rssBytes: Int = 0,
        worker: String? = nil
    ) {
        self.slots = slots
        self.busy = busy
        self.processed = processed
        self.failed = failed
        self.httpAddress = httpAddress
        self.consoleAddress = consoleAddress
        self.draining = draining
        self.duties = duties
        self.rssBytes = rssBytes
        self.worker = worker
    }

    /// Reads a report of any version: what is missing is zero.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            slots: try values.decodeIfPresent(Int.self, forKey: .slots) ?? 0,
            busy: try values.decodeIfPresent(Int.self, forKey: .busy) ?? 0,
            processed: try values.decodeIfPresent(Int.self, forKey: .processed) ?? 0,
            failed: try values.decodeIfPresent(Int.self, forKey: .failed) ?? 0,
            httpAddress: try values.decodeIfPresent(String.self, forKey: .httpAddress),
            consoleAddress: try values.decodeIfPresent(String.self, forKey: .consoleAddress),
            draining: try values.decodeIfPresent(Bool.self, forKey: .draining) ?? false,
            duties: try values.decodeIfPresent([DutyReport].self, forKey: .duties) ?? [],
            rssBytes: try values.decodeIfPresent(Int.self, forKey: .rssBytes) ?? 0,
            worker: try values.decodeIfPresent(String.self, forKey: .worker))
    }

    /// Whether every part is within its limits; a reader drops a report that is not.
    var isValid: Bool {
        [slots, busy, processed, failed, rssBytes].allSatisfy { $0 >= 0 }
            && [httpAddress, consoleAddress].allSatisfy { $0.map { PlainText.isToken($0, limit: 300) } ?? true }
            && worker.map { PlainText.isToken($0, limit: Self.longestWorker) } ?? true
            && duties.count <= Self.mostDuties && duties.allSatisfy(\.isValid)
    }

    /// The nearest report within the limits, for the writer: a slip of its owner must not make it disappear.
    func clamped() -> MemberReport {
        var report = self
        report.slots = max(0, slots)
        report.busy = max(0, busy)
        report.processed = max(0, processed)
        report.failed = max(0, failed)
        report.rssBytes = max(0, rssBytes)
        if let httpAddress, !PlainText.isToken(httpAddress, limit: 300) { report.httpAddress = nil }
        if let consoleAddress, !PlainText.isToken(consoleAddress, limit: 300) { report.consoleAddress = nil }
        if let worker, !PlainText.isToken(worker, limit: Self.longestWorker) { report.worker = nil }
        report.duties = duties.prefix(Self.mostDuties).map { duty in
            DutyReport(
                name: duty.name.isEmpty ? "?" : PlainText.line(duty.name, limit: 64), restarts: max(0, duty.restarts),
                state: PlainText.line(duty.state, limit: 32))
        }
        return report
    }

    static let mostDuties = 64
    static let longestWorker = 200
}
