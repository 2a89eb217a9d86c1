import RoostJobs
import Testing

/// A fault a system could have, as it would show in a history.
struct PlantedFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The rule that must catch it.
    let rule: HistoryRule
    let spoil: @Sendable (inout [HistoryEvent]) -> Void

    init(_ name: String, _ rule: HistoryRule, _ spoil: @escaping @Sendable (inout [HistoryEvent]) -> Void) {
        testDescription = name
        self.rule = rule
        self.spoil = spoil
    }

    private typealias Make = HistoryFixture

    static let all: [PlantedFault] = [
        PlantedFault("an accepted job is gone", .lost) { $0.append(Make.poll("a", nil, 0, at: 200)) },
        PlantedFault("an accepted job was never there", .lost) { $0.append(Make.submit("x", at: 1)) },
        PlantedFault("a job stays queued for ever", .stuck) {
            $0 += [Make.submit("x", at: 1), Make.poll("x", .queued, 0, at: 300)]
        },
        PlantedFault("a job stays with a dead worker", .stuck) {
            $0 += [Make.submit("x", at: 1), Make.start("x", 1, at: 2), Make.poll("x", .running, 1, at: 300)]
        },
        PlantedFault("a request with a lost reply made two jobs", .doubled) {
            $0 += [Make.start("h", 1, at: 75, job: "job-h2"), Make.poll("h", .done, 1, at: 76)]
        },
        PlantedFault("a job runs that nobody asked for", .unasked) { $0.append(Make.start("x", 1, at: 5)) },
        PlantedFault("a refused job runs", .unasked) { $0.append(Make.start("i", 1, at: 75)) },
        PlantedFault("a live worker's job is taken from it", .repeated) {
            $0 += [Make.start("a", 2, pid: 2, at: 10), Make.end("a", 2, pid: 2, at: 11)]
        },
        PlantedFault("a done job runs again", .repeated) { $0.append(Make.start("b", 1, pid: 2, at: 40)) },
        PlantedFault("a silence shorter than a lease costs a job its worker", .repeated) {
            $0 += [
                Make.submit("x", at: 200), Make.start("x", 1, at: 200),
                Make.fault(.freezeNode, [1], from: 201, to: 204),
                Make.start("x", 2, pid: 3, at: 203), Make.end("x", 2, pid: 3, at: 205),
                Make.poll("x", .done, 2, at: 206),
                .effect(op: "x", key: "job-x"),
            ]
        },
        PlantedFault("a late finish is taken after the new attempt's", .outcomes) {
            $0.append(Make.poll("j", .done, 1, at: 120))
        },
        PlantedFault("a done job is failed later", .outcomes) {
            $0.append(Make.poll("a", .failed, 1, at: 100, error: "again"))
        },
        PlantedFault("a done job is queued again", .outcomes) { $0.append(Make.poll("a", .queued, 1, at: 20)) },
        PlantedFault("the key changes between attempts", .effects) { $0.append(.effect(op: "d", key: "another")) },
        PlantedFault("a job is done and its handler never ran", .effects) {
            $0 += [Make.submit("x", at: 1), Make.end("x", 1, at: 2), Make.poll("x", .done, 1, at: 3)]
        },
        PlantedFault("a result changes", .results) {
            $0.append(Make.poll("a", .done, 1, at: 100, result: "result of A"))
        },
        PlantedFault("a result is half there", .results) {
            $0 += [
                Make.submit("x", at: 1), Make.start("x", 1, at: 1), Make.end("x", 1, at: 2),
                Make.poll("x", .done, 1, at: 3, result: "result"), .effect(op: "x", key: "job-x"),
            ]
        },
        PlantedFault("a result outlives its time", .results) { $0.append(Make.poll("a", .done, 1, at: 1100)) },
        PlantedFault("a job fails and nobody knows why", .blameless) {
            $0 += [Make.submit("x", at: 1), Make.poll("x", .failed, 1, at: 3)]
        },
        PlantedFault("a job fails that no handler failed", .blameless) {
            $0 += [Make.submit("x", at: 1), Make.poll("x", .failed, 1, at: 3, error: "no worker")]
        },
        PlantedFault("a job is cancelled by nobody", .blameless) {
            $0 += [Make.submit("x", at: 1), Make.poll("x", .cancelled, 1, at: 3)]
        },
        PlantedFault("a delayed job starts early", .early) { $0.append(Make.start("f", 1, pid: 2, at: 51)) },
        PlantedFault("a cancelled job starts", .cancelled) { $0.append(Make.start("e", 1, at: 35)) },
        PlantedFault("a job that was called off is tried again", .cancelled) {
            $0 += [
                Make.submit("x", at: 1), Make.start("x", 1, at: 2), Make.cancel("x", at: 3, .requested),
                Make.end("x", 1, at: 4, .error), Make.start("x", 2, at: 5), Make.poll("x", .cancelled, 2, at: 6),
            ]
        },
        PlantedFault("a job of a paused queue starts", .paused) {
            $0.append(Make.poll("g", .done, 1, at: 70, queue: "held", started: 61))
        },
    ]
}
