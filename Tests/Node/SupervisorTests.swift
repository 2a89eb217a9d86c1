import RoostSupervision
import RoostTestKit
import Testing

@Suite("supervisor", .timeLimit(.minutes(2)))
struct SupervisorTests {
    private struct Fault: Error {}

    private let quickly = SupervisorConfiguration(backoffBase: .milliseconds(1), backoffCap: .milliseconds(2))

    private func idle() async throws {
        while true { try await Task.sleep(for: .seconds(3600)) }
    }

    @Test("a duty that throws is started again, and its status says why")
    func restartsAfterError() async throws {
        let runs = Counter()
        let duty = Duty(name: "loop") {
            if runs.up() < 3 { throw Fault() }
            try await idle()
        }
        let supervisor = Supervisor(name: "s", duties: [duty], configuration: quickly, logger: silent)
        #expect(supervisor.statuses.map(\.state) == [.stopped])
        try await withThrowingTaskGroup { group in
            group.addTask { try await supervisor.run() }
            try await eventually("the third run") {
                let status = supervisor.statuses[0]
                return status.restarts == 2 && status.state == .running
            }
            #expect(supervisor.statuses[0].lastError == "Fault()")
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(runs.value == 3)
        #expect(supervisor.statuses.map(\.state) == [.stopped])
    }

    @Test("a duty that returns is started again")
    func restartsAfterReturn() async throws {
        let runs = Counter()
        let duty = Duty(name: "loop") { if runs.up() > 1 { try await idle() } }
        let supervisor = Supervisor(name: "s", duties: [duty], configuration: quickly, logger: silent)
        try await withThrowingTaskGroup { group in
            group.addTask { try await supervisor.run() }
            try await eventually("the second run") { runs.value == 2 }
            #expect(supervisor.statuses[0].lastError == "returned")
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("a duty that keeps failing ends the supervisor and every other duty")
    func givesUp() async throws {
        let runs = Counter()
        let ended = Gate()
        let duties = [
            Duty(name: "bad") {
                runs.up()
                throw Fault()
            },
            Duty(name: "good") {
                defer { ended.open() }
                try await idle()
            },
        ]
        let supervisor = Supervisor(name: "s", duties: duties, configuration: quickly, logger: silent)
        await #expect(throws: SupervisionError.tooManyRestarts(duty: "bad")) { try await supervisor.run() }
        await ended.pass()
        #expect(runs.value == 11)
        #expect(supervisor.statuses.map(\.state) == [.stopped, .stopped])
    }

    @Test("a killed duty comes back at once, however often, and the others are not disturbed")
    func kills() async throws {
        let (runs, others) = (Counter(), Counter())
        let duties = [
            Duty(name: "victim") {
                runs.up()
                try await idle()
            },
            Duty(name: "other") {
                others.up()
                try await idle()
            },
        ]
        let supervisor = Supervisor(name: "s", duties: duties, logger: silent)
        #expect(!supervisor.kill(dutyNamed: "victim"))
        try await withThrowingTaskGroup { group in
            group.addTask { try await supervisor.run() }
            for round in 1...30 {
                try await eventually("run \(round)") { runs.value == round }
                #expect(supervisor.kill(dutyNamed: "victim"))
            }
            try await eventually("the last run") { runs.value == 31 }
            #expect(supervisor.statuses[0].restarts == 30)
            #expect(!supervisor.kill(dutyNamed: "nobody"))
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(others.value == 1)
    }
}
