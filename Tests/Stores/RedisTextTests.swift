import RoostJobs
import Testing

@testable import RoostStores

/// The texts in which Redis keeps settings, notices, notes and periodic jobs.
struct RedisTextTests {
    @Test("settings of a queue come back as they were")
    func settings() throws {
        var full = QueueSettings()
        full.isPaused = true
        full.concurrency = 100_000
        full.rate = RateLimit(count: 30, period: .seconds(60))
        full.tenantConcurrency = 1
        full.tenantRate = RateLimit(count: 1, period: .milliseconds(1))
        full.quota = 1_000_000_000
        var quiet = full
        quiet.isSearchable = false
        for settings in [QueueSettings(), full, quiet] {
            #expect(QueueSettingsText.parse(QueueSettingsText.text(settings)) == settings)
        }
        #expect(QueueSettingsText.text(full) == "1 1 100000 30 60000000 1 1 1000 1000000000")
        // The release before reads nine words, which is what most queues have.
        #expect(QueueSettingsText.text(quiet) == "1 1 100000 30 60000000 1 1 1000 1000000000 0")
        #expect(QueueSettingsText.text(QueueSettings()) == "1 0 - - - - - - -")
    }

    @Test("a change names only what it changes")
    func change() {
        #expect(QueueSettingsText.words(.pause) == ["1", "", "", "", "", "", "", "", ""])
        let change = QueueChange.with {
            $0.concurrency = .some(nil)
            $0.rate = RateLimit(count: 2, period: .seconds(1))
            $0.tenantRate = .some(nil)
        }
        #expect(QueueSettingsText.words(change) == ["", "-", "2", "1000000", "", "-", "-", "", ""])
    }

    @Test(
        "settings nobody knows are not read",
        arguments: [
            "", "1", "2 0 - - - - - - -", "1 2 - - - - - - -", "1 0 - - - - - - - -", "1 0 x - - - - - -",
            "1 0 -1 - - - - - -", "1 0 +1 - - - - - -", "1 0 0 - - - - - -", "1 0 - 5 - - - - -", "1 0 - - - - 5 - -",
            "1 0 9999999999999999999 - - - - - -", "1  0 - - - - - - -", "1 0 - - - - - - - 1", "1 0 - - - - - - - 0 0",
        ])
    func unknownSettings(text: String) { #expect(QueueSettingsText.parse(text) == nil) }

    @Test("a worker's notice comes back as it was, without names no job can have")
    func notice() {
        for types in [nil, [], ["a", "b"]] as [Set<String>?] {
            let notice = WorkerNotice(worker: "w@h:1/x y", queues: ["q", "r:s"], types: types)
            #expect(WorkerNoticeText.parse(WorkerNoticeText.text(notice), worker: notice.worker) == notice)
        }
        let odd = WorkerNotice(worker: "w", queues: ["a,b", "ok", " ", ""], types: ["x y", "t"])
        #expect(
            WorkerNoticeText.parse(WorkerNoticeText.text(odd), worker: "w")
                == WorkerNotice(worker: "w", queues: ["ok"], types: ["t"]))
        for text in ["", "2 =q *", "1 q *", "1 =q", "1 =q t"] {
            #expect(WorkerNoticeText.parse(text, worker: "w") == nil, "\(text)")
        }
    }

    @Test("log lines hold any text on one line each")
    func log() {
        let texts = ["plain", "", "two\nlines", "back\\slash \\n", "ü\n\\\n"]
        let bytes = texts.map { "7 2 " + NoteText.escaped($0) + "\n" }.joined()
        let lines = NoteText.log(Array(bytes.utf8), limit: 1000)
        #expect(lines == texts.map { LogLine(at: Timestamp(microseconds: 7), attempt: 2, text: $0) })
        // The newest are shown; a line that was torn is not.
        #expect(NoteText.log(Array("orn\n1 1 aaa\n2 1 bbb\n3 1 ccc\n".utf8), limit: 6).map(\.text) == ["bbb", "ccc"])
    }

    @Test("failed attempts are read, others not")
    func failures() {
        let failure = NoteText.failure(Array("1 3 10 20 w@h\nno\nway".utf8))
        #expect(
            failure
                == FailedAttempt(
                    attempt: 3, startedAt: Timestamp(microseconds: 10), endedAt: Timestamp(microseconds: 20),
                    worker: "w@h", error: "no\nway"))
        for text in ["", "1 3 10 20 w", "2 3 10 20 w\n", "1 x 10 20 w\n", "1 3 10 20\n", "1 3 10 20 w x\n"] {
            #expect(NoteText.failure(Array(text.utf8)) == nil, "\(text)")
        }
    }

    static var fullCron: CronEntry {
        var job = NewJob(type: "report", queue: "night", payload: Array("{\"a\":\n\n1}".utf8))
        job.priority = 1
        job.maxAttempts = 7
        job.timeout = .seconds(9)
        job.resultTTL = .zero
        job.start = .after(.seconds(5))
        job.unique = UniqueRule(key: "k\\n", period: .seconds(60), conflict: .replace)
        job.idempotency = IdempotencyKey(key: "i", digest: "D1")
        job.retry = RetryPolicy(.list([.seconds(1), .seconds(2)]), jitter: 0.5)
        job.startBy = .after(.seconds(30))
        job.deadline = .at(Timestamp(microseconds: 4_000_000_000_000_000))
        job.tenant = "acme"
        job.tags = ["x", "y"]
        job.trace = "00-ab"
        job.parentRule = .ended
        return CronEntry(
            name: "nightly", schedule: "0 3 * * *\\ \n", timeZone: "Europe/Berlin", catchUp: .all, isPaused: true,
            job: job)
    }

    @Test("a periodic job's definition comes back as it was")
    func cron() throws {
        let plain = CronEntry(name: "p", schedule: "@daily", job: NewJob(type: "t", payload: []))
        for cron in [plain, Self.fullCron] {
            let back = try #require(CronText.parse(CronText.bytes(cron), name: cron.name))
            #expect(back == cron)
        }
    }

    @Test("a definition nobody knows is not read")
    func unknownCron() {
        let good = String(decoding: CronText.bytes(Self.fullCron), as: UTF8.self)
        #expect(CronText.parse(Array(good.utf8), name: "n") != nil)
        let bad = [
            "", "1", "1\n", "\n\n", good.replacing("1\nschedule", with: "2\nschedule"),
            good.replacing("priority 1", with: "priority 11"), good.replacing("priority 1", with: "priority -1"),
            good.replacing("zone ", with: "zoom "), good.replacing("catchup all", with: "catchup none"),
            good.replacing("id 0", with: "id !"), good.replacing("retry l", with: "retry z"),
            good.replacing("conflict replace\n", with: ""), good.replacing("queue night\n", with: ""),
            good.replacing("queue night\n", with: "queue night\nqueue day\n"),
            good.replacing("timeout 9000000", with: "timeout 99999999999999999999"),
        ]
        for text in bad { #expect(CronText.parse(Array(text.utf8), name: "n") == nil, "\(text)") }
        for length in 0..<(good.utf8.count - 20) { _ = CronText.parse(Array(good.utf8.prefix(length)), name: "n") }
    }
}
