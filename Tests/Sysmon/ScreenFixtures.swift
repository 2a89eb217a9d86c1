import RoostJobs

@testable import RoostSysmon

/// A moment so many seconds before noon.
func ago(_ seconds: Double) -> Timestamp { Timestamp(microseconds: noon - Int64(seconds * 1_000_000)) }

/// An id that is the same in each run.
func jobID(_ number: UInt64) -> JobID { JobID(high: 0x019B_2345_6789_0000, low: number) }

/// A job in some state, accepted so many seconds before noon.
func job(
    _ number: UInt64, _ type: String = "echo", _ state: JobState = .queued, queue: String = "default",
    accepted: Double = 60, payload: String = "{\"n\":1}"
) -> JobRecord {
    let new = NewJob(id: jobID(number), type: type, queue: queue, payload: Array(payload.utf8))
    var job = JobRecord(new, state: state, insertedAt: ago(accepted), runAt: state == .scheduled ? ago(-90) : nil)
    guard state != .scheduled, state != .queued else { return job }
    job.attempt = 1
    job.startedAt = ago(accepted - 0.25)
    job.worker = "worker@10.0.0.7:4370#1"
    if state.isFinal {
        job.finishedAt = ago(accepted - 1.5)
        job.expiresAt = ago(-3600)
    }
    if state == .failed { job.error = "boom: no such file" }
    return job
}

/// A page as a store gives it, newest first.
func page(_ jobs: [JobRecord], total: Int? = nil) -> ScreenAnswer {
    .page(JobPage(jobs: jobs, total: total ?? jobs.count))
}

let someJobs = [
    job(5, "thumbnail", .scheduled), job(4), job(3, "sleep", .running, queue: "media"), job(2, "sleep", .done),
    job(1, "fail", .failed, accepted: 7200),
]

/// A machine with a first snapshot; the sample has been asked for.
func screen(
    columns: Int = 100, rows: Int = 30, mayAct: Bool = false, away: Bool = false, hasSource: Bool = true,
    _ members: [MemberView] = [worker(7), worker(8, .draining), worker(9, .lost)]
) -> ScreenMachine {
    let view = ScreenView(size: .init(columns: columns, rows: rows), mayAct: mayAct)
    var machine = ScreenMachine(view: view, hasSource: hasSource)
    _ = machine.onSnapshot(snapshot(members, away: away))
    return machine
}

extension ScreenMachine {
    /// Types characters.
    @discardableResult
    mutating func type(_ text: String) -> [ScreenDirective] { text.flatMap { onKey(.character($0)) } }

    /// The next snapshot, so many seconds later.
    @discardableResult
    mutating func tick(_ seconds: Double = 1) -> [ScreenDirective] {
        guard var next = view.snapshot else { return [] }
        next.sequence += 1
        next.time = view.now + Int64(seconds * 1_000_000)
        return onSnapshot(next)
    }

    /// Answers what is wanted now.
    mutating func answer(_ answer: ScreenAnswer) {
        guard let wanted else { return }
        _ = onAnswer(answer, to: wanted)
    }

    /// What the screen shows, without colours.
    func shown(_ make: (inout TerminalOptions) -> Void = { $0.colour = false }) -> [String] {
        var options = TerminalOptions()
        make(&options)
        let picture = ScreenRenderer(options: options).picture(view)
        return picture.lines.map { $0.rendered(columns: view.size.columns, colour: options.colour) }
    }

    /// The same in one text.
    var text: String { shown().joined(separator: "\n") }
}

let someQueues: [RoostJobs.QueueStatus] = {
    var limited = QueueSettings()
    limited.concurrency = 4
    limited.rate = RateLimit(count: 10, period: .seconds(1))
    limited.isPaused = true
    return [
        .init(name: "default", settings: .init(), counts: [.queued: 1204], oldest: ago(12)),
        .init(name: "media", settings: limited, counts: [.running: 3, .failed: 2], oldest: nil),
    ]
}()

let someCrons: [CronStatus] = [
    .init(
        entry: .init(
            name: "nightly", schedule: "0 3 * * *", timeZone: "Europe/Berlin",
            job: NewJob(type: "report", payload: Array("{}".utf8))),
        next: ago(-46_800), last: ago(39_600)),
    .init(
        entry: .init(
            name: "minutely", schedule: "* * * * *", isPaused: true, job: NewJob(type: "poll", payload: [])),
        next: ago(-49), last: nil),
]

/// A job that failed twice and waits for its third attempt.
let someDetail: JobDetail = {
    var record = job(
        4, "thumbnail", .scheduled, queue: "media", accepted: 90, payload: #"{"source":"x.png","width":3}"#)
    record.attempt = 2
    record.tags = ["urgent"]
    record.tenant = "acme"
    record.error = "no such file"
    let notes = JobNotes(
        progress: Array(#"{"fraction":0.5,"message":"resizing"}"#.utf8),
        log: [.init(at: ago(60), attempt: 2, text: "opening x.png")],
        failures: [
            .init(attempt: 1, startedAt: ago(89), endedAt: ago(88), worker: "w1", error: "connection refused"),
            .init(attempt: 2, startedAt: ago(61), endedAt: ago(60), worker: "w2", error: "no such file"),
        ])
    return JobDetail(
        job: record, notes: notes, reasons: [.scheduled(until: ago(-90)), .paused(queue: "media")],
        parents: [job(1, "fetch", .done)])
}()
