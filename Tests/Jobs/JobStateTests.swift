import RoostJobs
import Testing

@Suite("A job's states")
struct JobStateTests {
    private static let moves: [JobState: Set<JobState>] = [
        .scheduled: [.queued, .cancelled, .failed], .queued: [.running, .cancelled, .failed],
        .running: [.done, .scheduled, .queued, .failed, .cancelled], .done: [], .failed: [.queued],
        .cancelled: [.queued],
    ]

    @Test("follow each other as the table says, and in no other way", arguments: JobState.allCases, JobState.allCases)
    func transitions(from: JobState, to: JobState) throws {
        let moves = try #require(Self.moves[from])
        #expect(from.canBecome(to) == moves.contains(to))
    }

    @Test("are final when the job's life is over", arguments: JobState.allCases)
    func final(state: JobState) {
        #expect(state.isFinal == [.done, .failed, .cancelled].contains(state))
    }

    @Test("have the names users type")
    func names() {
        #expect(
            JobState.allCases.map(\.rawValue) == ["scheduled", "queued", "running", "done", "failed", "cancelled"])
    }
}
