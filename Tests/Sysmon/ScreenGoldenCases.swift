import RoostJobs

@testable import RoostSysmon

/// Screens whose pictures are kept.
enum ScreenGoldenCases {
    typealias Options = @Sendable (inout TerminalOptions) -> Void

    static let plain: Options = { $0.colour = false }
    static let ascii: Options = {
        $0.colour = false
        $0.ascii = true
    }

    static var all: [(name: String, machine: ScreenMachine, options: Options)] {
        [
            ("nodes 80x24", nodes(80, 24), plain), ("queues 80x24", queues(80, 24), plain),
            ("jobs 200x50", jobs(200, 50), plain), ("dead 80x24 ASCII", dead(80, 24), ascii),
            ("cron 72x14", crons(72, 14), plain), ("jobs 40x12", jobs(40, 12), plain),
            ("store away 40x12", away(40, 12), plain), ("job 80x40", job(80, 40), plain),
            ("node 80x24 ASCII", node(80, 24), ascii), ("help 80x24", help(80, 24), plain),
            ("question 60x12", question(60, 12), plain), ("filter 24x6", filter(24, 6), plain),
        ]
    }

    private static func sampled(_ columns: Int, _ rows: Int, mayAct: Bool = false) -> ScreenMachine {
        var machine = screen(columns: columns, rows: rows, mayAct: mayAct)
        _ = machine.onAnswer(page(someJobs.filter { $0.state.isFinal }), to: .sample(ScreenMachine.sampleSize))
        return machine
    }

    static func nodes(_ columns: Int, _ rows: Int) -> ScreenMachine { sampled(columns, rows) }

    static func queues(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows, mayAct: true)
        machine.type("2")
        machine.answer(.queues(someQueues))
        machine.type("j")
        return machine
    }

    static func jobs(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows)
        machine.type("3")
        machine.answer(page(someJobs, total: 1234))
        machine.type("jj")
        return machine
    }

    static func dead(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows)
        machine.type("4")
        machine.answer(page(someJobs.filter { $0.state == .failed }))
        return machine
    }

    static func crons(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows)
        machine.type("5")
        machine.answer(.crons(someCrons))
        return machine
    }

    static func away(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = screen(columns: columns, rows: rows, away: true)
        machine.type("3")
        _ = machine.onFailure("unavailable: connection refused", of: machine.wanted ?? .queues)
        return machine
    }

    static func job(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = jobs(columns, rows)
        machine.type("k")
        _ = machine.onKey(.enter)
        machine.answer(.job(someDetail))
        return machine
    }

    static func node(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows)
        _ = machine.onKey(.enter)
        return machine
    }

    static func help(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = sampled(columns, rows)
        machine.type("?")
        return machine
    }

    static func question(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = screen(columns: columns, rows: rows, mayAct: true)
        machine.type("3")
        machine.answer(page(someJobs))
        machine.type("C")
        return machine
    }

    static func filter(_ columns: Int, _ rows: Int) -> ScreenMachine {
        var machine = screen(columns: columns, rows: rows)
        machine.type("7")
        machine.type("6/no")
        return machine
    }
}
