import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

/// Who runs beside whom after workers died.
@Suite struct SuspectMachineTests {
    private func claims(_ crashes: [Int]) -> [Claim] {
        crashes.map { crashes in
            var record = JobRecord(NewJob(type: "t", payload: []), state: .running, insertedAt: .now(), runAt: nil)
            record.attempt = crashes + 1
            record.crashes = crashes
            return Claim(job: record, token: 1)
        }
    }

    private func run(_ machine: inout SuspectMachine, _ crashes: [Int]) -> [Int] {
        machine.admit(claims(crashes)).run.map(\.job.crashes)
    }

    @Test("jobs that saw no worker die run beside anything")
    func innocent() {
        var machine = SuspectMachine(maxCrashes: 3)
        #expect(run(&machine, [2]) == [2])
        #expect(run(&machine, [0, 0, 2]) == [0, 0])
    }

    @Test("one at its last runs alone among suspects, and of several in one claim none runs")
    func trial() {
        var machine = SuspectMachine(maxCrashes: 3)
        #expect(run(&machine, [2, 2, 0]) == [0])
        machine = SuspectMachine(maxCrashes: 3)
        #expect(run(&machine, [0, 1, 2, 1]) == [0])
        machine = SuspectMachine(maxCrashes: 3)
        #expect(run(&machine, [1, 1, 0]) == [1, 1, 0])
        machine = SuspectMachine(maxCrashes: 3)
        #expect(run(&machine, [2]) == [2])
        #expect(run(&machine, [1, 0]) == [0])
    }

    @Test("one that was handed back counts until the store has it")
    func handedBack() {
        var machine = SuspectMachine(maxCrashes: 3)
        let two = machine.admit(claims([2, 2])).later
        #expect(two.count == 2)
        #expect(run(&machine, [2]).isEmpty)
        machine = SuspectMachine(maxCrashes: 3)
        for claim in machine.admit(claims([2, 2])).later { machine.ended(claim.ticket) }
        #expect(run(&machine, [2]) == [2])
    }

    @Test("where the first death is the last there is nobody to tell apart")
    func first() {
        var machine = SuspectMachine(maxCrashes: 1)
        #expect(run(&machine, [0, 0, 0]) == [0, 0, 0])
    }
}
