import NIOCore
import Testing

@testable import RoostAPI

@Suite("who comes in")
struct AdmissionMachineTests {
    static let limits = AdmissionLimits(inside: 512, target: .milliseconds(100), interval: .milliseconds(200))

    /// A server with one thread and a queue, on a clock of its own, in microseconds.
    struct Course {
        var machine = AdmissionMachine()
        var limits = AdmissionMachineTests.limits
        var served: [(came: Int, wait: Int)] = []
        /// How long those waited who were turned away: nothing at the door.
        var refused: [(came: Int, wait: Int)] = []
        private var queue: [Int] = []
        private var free = 0

        /// Requests that come every `gap`, each a piece of work of `cost`, for `time`.
        mutating func run(from start: Int, gap: Int, cost: Int, time: Int) {
            for now in stride(from: start, to: start + time, by: gap) {
                work(until: now, cost)
                if machine.arrive(limits) { queue.append(now) } else { refused.append((now, 0)) }
            }
        }

        /// Works off what there is.
        mutating func work(until end: Int, _ cost: Int) {
            while let came = queue.first, max(free, came) < end {
                let now = max(free, came)
                queue.removeFirst()
                // A refusal costs a tenth of a small request, and no more for a large one.
                if machine.start(arrival: at(came), now: at(now), limits) {
                    served.append((came, now - came))
                    free = now + cost
                } else {
                    refused.append((came, now - came))
                    free = now + min(20, cost / 10)
                }
                machine.leave()
            }
        }

        private func at(_ time: Int) -> NIODeadline { .uptimeNanoseconds(UInt64(1_000_000 + time) * 1000) }
    }

    @Test("below its capacity nobody is turned away, whatever the work is", arguments: [100, 2000, 50_000])
    func below(cost: Int) {
        var course = Course()
        course.run(from: 0, gap: cost * 5 / 4, cost: cost, time: 20_000_000)
        #expect(course.refused.isEmpty)
    }

    @Test(
        "above it nobody waits for long, and the server is never idle",
        arguments: [(100, 80), (2000, 1600), (20_000, 10_000), (20_000, 1000), (50_000, 500)])
    func above(cost: Int, gap: Int) {
        var course = Course()
        course.limits.inside = 100_000
        course.run(from: 0, gap: gap, cost: cost, time: 20_000_000)
        // The first burst aside, for which there was nothing to go by.
        let late = (course.served + course.refused).filter { $0.came > 1_000_000 }
        #expect((late.map(\.wait).max() ?? 0) < 600_000)
        #expect((course.served.filter { $0.came > 1_000_000 }.map(\.wait).max() ?? 0) < 500_000)
        #expect(course.served.count * cost > 17_000_000, "\(course.served.count)")
        #expect(!course.refused.isEmpty)
    }

    @Test("a burst is served, and after an overload everybody comes in again")
    func recovery() {
        var course = Course()
        course.run(from: 0, gap: 10, cost: 1000, time: 2000)
        course.work(until: 1_000_000, 1000)
        #expect(course.refused.isEmpty && course.served.count == 200)
        course.run(from: 1_000_000, gap: 500, cost: 1000, time: 3_000_000)
        #expect(!course.refused.isEmpty)
        course.work(until: 10_000_000, 1000)
        #expect(course.machine.inside == 0 && course.machine.queued == 0)
        let before = course.refused.count
        course.run(from: 10_000_000, gap: 1500, cost: 1000, time: 3_000_000)
        #expect(course.refused.count == before)
    }

    @Test("whoever finds nobody queued comes in, however long the one before waited")
    func alone() {
        var machine = AdmissionMachine()
        for second in stride(from: UInt64(1), to: 100, by: 2) {
            let comes = machine.arrive(Self.limits)
            let (came, now) = (second * 1_000_000_000, (second + 1) * 1_000_000_000)
            let starts = machine.start(arrival: .uptimeNanoseconds(came), now: .uptimeNanoseconds(now), Self.limits)
            #expect(comes && starts)
            machine.leave()
        }
    }

    @Test("no more than the limit are inside, and those who must come in do")
    func number() {
        var machine = AdmissionMachine()
        let limits = AdmissionLimits(inside: 0, target: .seconds(1), interval: .seconds(1))
        let comings = [machine.arrive(limits), machine.arrive(limits)]
        #expect(comings == [true, false])
        machine.enter()
        #expect(machine.inside == 2 && machine.queued == 2)
        machine.quit()
        machine.leave()
        machine.leave()
        let comes = machine.arrive(limits)
        #expect(comes && machine.inside == 1)
    }
}
