import RoostJobs
import Testing

@testable import RoostSysmon

@Suite("the screen's machine")
struct ScreenMachineTests {
    @Test("numbers open tabs, and tab and the arrows go round", arguments: ScreenTab.allCases)
    func tabs(tab: ScreenTab) {
        var machine = screen()
        machine.type("\(tab.number)")
        #expect(machine.view.tab == tab)
        _ = machine.onKey(.tab)
        #expect(machine.view.tab == tab.moved(by: 1))
        _ = machine.onKey(.left)
        #expect(machine.view.tab == tab)
        for key in [Key.right, .character("l"), .character("h"), .backTab, .backTab, .tab] { _ = machine.onKey(key) }
        #expect(machine.view.tab == tab)
    }

    @Test("a tab asks for what it shows, at once and with each snapshot, once at a time")
    func asking() {
        var machine = screen()
        let page = ScreenLayout(size: machine.view.size).tableRows
        #expect(machine.type("2") == [.draw, .ask(.queues)])
        // Not answered yet: not asked again.
        #expect(machine.tick() == [.draw])
        _ = machine.onAnswer(.queues(someQueues), to: .queues)
        #expect(machine.tick() == [.draw, .ask(.queues)])
        // On another tab: what is on its way is waited for, then the new question goes out.
        #expect(machine.type("3") == [.draw])
        #expect(machine.onAnswer(.queues([]), to: .queues) == [.ask(.jobs(JobQuery(limit: page)))])
        #expect(machine.type("45").filter { $0 != .draw } == [])
        #expect(machine.onFailure("away", of: .jobs(JobQuery(limit: page))) == [.ask(.crons)])
        #expect(machine.view.jobs.fault == nil)
        #expect(machine.onFailure("away", of: .crons) == [.draw])
        #expect(machine.view.crons.fault == "away")
        #expect(machine.tick() == [.draw, .ask(.crons)])
        machine.answer(.crons(someCrons))
        #expect(machine.view.crons.fault == nil && machine.view.crons.value?.count == 2)
        for quiet in "167" {
            #expect(machine.type(String(quiet)) == [.draw])
            #expect(machine.tick(0.1) == [.draw])
        }
    }

    @Test("the sample is asked for every five seconds, and not on a screen that does not show it")
    func sampling() {
        var machine = ScreenMachine(view: .init(size: .init(columns: 80, rows: 24)), hasSource: true)
        let sample = ScreenDirective.ask(.sample(ScreenMachine.sampleSize))
        #expect(machine.onSnapshot(snapshot()) == [.draw, sample])
        #expect(machine.tick(9) == [.draw])
        _ = machine.onAnswer(page(someJobs.filter { $0.state == .done }), to: .sample(ScreenMachine.sampleSize))
        #expect(machine.view.sample?.count == 1 && machine.view.sample?.run?.p99 == 1.25)
        #expect(machine.tick(0) == [.draw, sample])
        #expect(machine.onFailure("away", of: .sample(ScreenMachine.sampleSize)) == [])
        #expect(machine.tick(4) == [.draw])
        #expect(machine.tick(1) == [.draw, sample])
        var short = ScreenMachine(view: .init(size: .init(columns: 80, rows: 12)), hasSource: true)
        #expect(short.onSnapshot(snapshot()) == [.draw])
    }

    @Test("without a source nothing is asked; while the store is away only keys ask")
    func noSource() {
        var machine = screen(hasSource: false)
        #expect(machine.type("2345").allSatisfy { $0 == .draw } && machine.wanted == nil)
        #expect(machine.tick() == [.draw])
        var away = screen(away: true)
        #expect(away.tick() == [.draw])
        #expect(away.type("2") == [.draw, .ask(.queues), .ask(.sample(ScreenMachine.sampleSize))])
        _ = away.onFailure("unavailable", of: .queues)
        #expect(away.tick() == [.draw])
    }

    @Test("the mark follows its row, and stays where it was when the row is gone")
    func marking() {
        var machine = screen()
        machine.type("3")
        machine.answer(page(someJobs))
        #expect(machine.view.marked(in: machine.view.keys) == 0)
        machine.type("jj")
        #expect(machine.view.marks[.jobs] == .init(key: jobID(3).description, index: 2))
        // Two newer ones come.
        machine.tick()
        machine.answer(page([job(7), job(6)] + someJobs))
        #expect(machine.view.marks[.jobs] == .init(key: jobID(3).description, index: 4))
        machine.tick()
        machine.answer(page([job(7), job(6)] + someJobs.filter { $0.id != jobID(3) }))
        #expect(machine.view.marks[.jobs] == .init(key: jobID(2).description, index: 4))
        _ = machine.onKey(.home)
        #expect(machine.view.marks[.jobs]?.index == 0)
        machine.type("k")
        #expect(machine.view.marks[.jobs]?.index == 0)
        machine.type("G")
        #expect(machine.view.marks[.jobs]?.key == jobID(1).description)
        _ = machine.onKey(.down)
        #expect(machine.view.marks[.jobs]?.key == jobID(1).description)
        machine.tick()
        machine.answer(page([]))
        #expect(machine.view.marks[.jobs] == nil && machine.view.marked(in: machine.view.keys) == nil)
        machine.type("j")
        #expect(machine.onKey(.enter).isEmpty)
    }

    @Test("pages go to the last one and back, by keys and by the height of the screen")
    func pages() {
        var machine = screen(rows: 24)
        let size = ScreenLayout(size: machine.view.size).tableRows
        #expect(size == 15)
        machine.type("4")
        machine.answer(page(someJobs, total: 31))
        #expect(machine.onKey(.pageDown) == [.draw, .ask(.jobs(JobQuery(state: .failed, offset: 15, limit: 15)))])
        machine.answer(page(someJobs, total: 31))
        machine.type("]")
        machine.answer(page([job(1)], total: 31))
        #expect(machine.view.page == 2)
        #expect(machine.type("]") == [.draw] && machine.view.page == 2)
        machine.type("[[[[")
        #expect(machine.view.page == 0)
        _ = machine.onAnswer(page([]), to: .jobs(JobQuery(state: .failed, offset: 15, limit: 15)))
        #expect(machine.wanted == .jobs(JobQuery(state: .failed, limit: 15)))
        machine.answer(page(someJobs))
        let directives = machine.onResize(.init(columns: 80, rows: 40))
        #expect(directives == [.redraw, .ask(.jobs(JobQuery(state: .failed, limit: 31)))])
        #expect(machine.onResize(.init(columns: 80, rows: 40)) == [.redraw])
    }

    @Test("a filter is typed, asked for, and cleared by escape")
    func filtering() {
        var machine = screen(rows: 24)
        machine.type("3")
        machine.answer(page(someJobs))
        machine.type("/state:failed qx")
        // While it is typed, keys are characters.
        #expect(machine.view.draft == "state:failed qx" && machine.view.tab == .jobs)
        _ = machine.onKey(.backspace)
        _ = machine.onKey(.backspace)
        #expect(machine.onKey(.enter) == [.draw, .ask(.jobs(JobQuery(state: .failed, limit: 15)))])
        machine.answer(page(someJobs.filter { $0.state == .failed }))
        #expect(machine.view.keys == [jobID(1).description])
        machine.type("/")
        #expect(machine.view.draft == "state:failed ")
        _ = machine.onKey(.control("u"))
        machine.type("boom")
        _ = machine.onKey(.escape)
        #expect(machine.view.filter == "state:failed ")
        #expect(machine.onKey(.escape) == [.draw, .ask(.jobs(JobQuery(limit: 15)))])
        #expect(machine.view.filter.isEmpty)
    }

    @Test("other tabs are filtered by the words one types, while one types them")
    func localFilter() {
        var machine = screen()
        machine.type("/LOST")
        #expect(machine.view.keys == ["worker@10.0.0.9:4370"])
        _ = machine.onKey(.enter)
        #expect(machine.view.keys.count == 1)
        machine.type("2")
        #expect(machine.view.filter.isEmpty)
        machine.answer(.queues(someQueues))
        machine.type("/paused")
        #expect(machine.view.keys == ["media"])
        _ = machine.onKey(.escape)
        machine.type("6/nothing such")
        #expect(machine.view.keys.isEmpty)
    }

    @Test("what a filter of jobs means")
    func jobFilter() {
        let filter = JobFilter("state:Running type:sleep queue:media  Boom \u{1b}x")
        #expect(filter.state == .running && filter.type == "sleep" && filter.queue == "media")
        #expect(filter.words == ["boom", "\u{1b}x"] && filter.fault == nil)
        #expect(JobFilter(jobID(7).description.lowercased()).request(state: nil, page: 0, size: 5) == .find(jobID(7)))
        #expect(JobFilter("state:asleep").fault?.hasPrefix("no state asleep: scheduled") ?? false)
        #expect(JobFilter("colour:red").fault?.hasPrefix("no qualifier colour") ?? false)
        #expect(JobFilter("id:nonsense").fault != nil)
        let far = JobFilter("").request(state: nil, page: .max, size: 50)
        #expect(far == .jobs(JobQuery(offset: .max, limit: 50)))
    }

    @Test("rows are sorted by what one chooses, either way")
    func sorting() {
        var machine = screen([worker(7), worker(8, .draining), worker(9, .lost)])
        let names = ["worker@10.0.0.7:4370", "worker@10.0.0.8:4370", "worker@10.0.0.9:4370"]
        #expect(machine.view.keys == names.reversed())
        machine.type("s")
        #expect(machine.view.sort == .name && machine.view.keys == names)
        machine.type("r")
        #expect(machine.view.keys == names.reversed())
        machine.type("2")
        machine.answer(.queues(someQueues))
        #expect(machine.view.keys == ["default", "media"])
        machine.type("sss")
        #expect(machine.view.sort == .running && machine.view.keys == ["media", "default"])
        machine.type("3")
        machine.answer(page(someJobs))
        machine.type("s")
        #expect(machine.view.jobRows.map(\.type) == ["echo", "fail", "sleep", "sleep", "thumbnail"])
        machine.type("7s")
        #expect(machine.view.sort == nil)
    }

    @Test("space freezes everything but the clock and what one asks for, and thaws it")
    func freezing() {
        var machine = screen()
        machine.type("3")
        machine.answer(page(someJobs))
        machine.type(" ")
        let before = machine.view.snapshot
        #expect(machine.tick() == [.draw])
        #expect(machine.view.snapshot == before && machine.view.now == noon + 1_000_000)
        #expect(machine.view.frozenAt == noon)
        #expect(machine.type("?q") == [.draw, .draw])
        #expect(machine.onKey(.enter).contains(.ask(.job(jobID(5)))))
        #expect(machine.text.contains("FROZEN 14:02:11"))
        machine.answer(.job(JobDetail(job: job(5, "thumbnail", .scheduled))))
        _ = machine.onKey(.escape)
        #expect(machine.type(" ") == [.draw, .ask(.jobs(JobQuery(limit: 21)))] && machine.view.frozenAt == nil)
    }

    @Test("fewer refreshes when one wants fewer, but an outage shows at once")
    func pace() throws {
        var machine = screen()
        machine.type("--")
        #expect(machine.view.pace == 5)
        for _ in 0..<4 { #expect(machine.tick() == [.draw]) }
        var next = try #require(machine.view.snapshot)
        next.sequence += 1
        next.store.reachable = false
        _ = machine.onSnapshot(next)
        #expect(machine.view.snapshot?.store.reachable == false)
        machine.type("+++++")
        #expect(machine.view.pace == 1)
    }
}
