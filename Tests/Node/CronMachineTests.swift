import RoostJobs
import Testing

@testable import RoostNode

@Suite("what a due periodic job makes")
struct CronMachineTests {
    private let noon = moment("2026-03-01T12:00:00Z")

    private func entry(_ catchUp: CronEntry.CatchUp, isPaused: Bool = false) -> CronEntry {
        CronEntry(
            name: "c", schedule: "", catchUp: catchUp, isPaused: isPaused,
            job: NewJob(type: "t", payload: Array("1".utf8)))
    }

    private func machine(_ schedule: String, zone: String = "UTC") throws -> CronMachine {
        CronMachine(schedule: try CronSchedule(schedule), zone: try TimeZoneRules(named: zone))
    }

    private func slots(_ firing: CronMachine.Firing) -> [Timestamp] { firing.jobs.map(\.id.timestamp) }

    @Test(
        "a slot that is due makes its job, under an id that everybody gives it", arguments: CronEntry.CatchUp.allCases)
    func onTime(_ catchUp: CronEntry.CatchUp) throws {
        let firing = try machine("*/5 * * * *").firing(
            of: entry(catchUp), waitingFor: noon, now: noon.advanced(by: .milliseconds(300)))
        #expect(firing.jobs.map(\.id) == [CronSlot(name: "c", time: noon).jobID])
        #expect(firing.next == noon.advanced(by: .seconds(300)))
        #expect(!firing.isCut)
    }

    @Test("after an hour without a node, catching up decides how many slots are fired")
    func missed() throws {
        let machine = try machine("*/5 * * * *")
        let now = noon.advanced(by: .seconds(3601))
        func fired(_ catchUp: CronEntry.CatchUp) -> [Timestamp] {
            let firing = machine.firing(of: entry(catchUp), waitingFor: noon, now: now)
            #expect(firing.next == noon.advanced(by: .seconds(3900)))
            return slots(firing)
        }
        let hour = (0...12).map { noon.advanced(by: .seconds(300 * $0)) }
        #expect(fired(.all) == hour)
        #expect(fired(.latest) == [hour[12]])
        #expect(fired(.skip) == [hour[12]])
    }

    @Test("slots missed by up to a minute are not skipped, older ones are")
    func tolerance() throws {
        let machine = try machine("@every 1s")
        let now = noon.advanced(by: .seconds(3600))
        let firing = machine.firing(of: entry(.skip), waitingFor: noon, now: now)
        #expect(slots(firing).first == now.advanced(by: .seconds(-60)))
        #expect(slots(firing).last == now)
        #expect(firing.jobs.count == 61)
        let hourly = try self.machine("@hourly").firing(
            of: entry(.skip), waitingFor: noon, now: noon.advanced(by: .seconds(61)))
        #expect(hourly.jobs.isEmpty && hourly.next == noon.advanced(by: .seconds(3600)))
    }

    @Test("of years of missed seconds a thousand are fired, the rest is dropped, and that takes no time")
    func bounded() throws {
        let machine = try machine("* * * * * *")
        let now = noon.advanced(by: .seconds(10 * 365 * 86_400))
        let all = machine.firing(of: entry(.all), waitingFor: noon, now: now)
        #expect(all.jobs.count == CronMachine.limit && all.isCut)
        #expect(slots(all).first == noon)
        #expect(all.next == now.advanced(by: .seconds(1)))
        let latest = machine.firing(of: entry(.latest), waitingFor: noon, now: now)
        #expect(slots(latest) == [now] && !latest.isCut)
    }

    @Test("exactly a thousand missed slots are not too many")
    func exactlyLimit() throws {
        let now = noon.advanced(by: .seconds(CronMachine.limit - 1))
        let firing = try machine("* * * * * *").firing(of: entry(.all), waitingFor: noon, now: now)
        #expect(firing.jobs.count == CronMachine.limit && !firing.isCut)
    }

    @Test("slots that pass while it is paused are dropped", arguments: CronEntry.CatchUp.allCases)
    func paused(_ catchUp: CronEntry.CatchUp) throws {
        let firing = try machine("*/5 * * * *").firing(
            of: entry(catchUp, isPaused: true), waitingFor: noon, now: noon.advanced(by: .seconds(3600)))
        #expect(firing.jobs.isEmpty)
        #expect(firing.next == noon.advanced(by: .seconds(3900)))
    }

    @Test("a moment it was put off to is no slot")
    func noSlot() throws {
        let odd = noon.advanced(by: .seconds(7))
        let firing = try machine("*/5 * * * *").firing(
            of: entry(.latest), waitingFor: odd, now: odd.advanced(by: .seconds(2)))
        #expect(firing.jobs.isEmpty)
        #expect(firing.next == noon.advanced(by: .seconds(300)))
    }

    @Test("the fields are read in the entry's zone")
    func zones() throws {
        let firing = try machine("0 9 * * *", zone: "+02:00").firing(
            of: entry(.latest), waitingFor: moment("2026-03-01T07:00:00Z"), now: moment("2026-03-01T07:00:01Z"))
        #expect(slots(firing) == [moment("2026-03-01T07:00:00Z")])
        #expect(firing.next == moment("2026-03-02T07:00:00Z"))
    }

    @Test("a slot's job starts now, in no batch, and no slot is a repeat of another")
    func job() {
        var entry = entry(.latest)
        entry.job.start = .after(.seconds(99))
        entry.job.batch = JobIDGenerator.shared.next()
        entry.job.idempotency = IdempotencyKey(key: "k", digest: "d")
        let job = CronMachine.job(of: entry, at: noon)
        #expect(job.start == .now && job.batch == nil && job.idempotency == nil)
        #expect(job.payload == Array("1".utf8))
    }
}
