import RoostJobs
import Testing

@testable import RoostCluster
@testable import RoostSysmon

@Suite("the view of a membership")
struct ClusterViewTests {
    @Test("members become what the snapshot source understands")
    func members() throws {
        let name = try #require(MemberName("worker@10.0.0.7:4370"))
        let member = Member(name: name, incarnation: 5, roles: [.api], startedMicroseconds: noon, version: "1.2.0")
        var report = MemberReport(slots: 16, busy: 3, processed: 9, failed: 1, httpAddress: "h:4000", draining: true)
        report.duties = [DutyReport(name: "claim", restarts: 2, state: "running")]
        let taken = ContinuousClock.now
        func entry(_ state: MemberState) -> MembershipSnapshot.Entry {
            .init(member: member, report: report, state: state, heartbeatAge: .milliseconds(300))
        }
        let view = MemberView(entry(.up), at: taken, peers: 3)
        #expect(view.name == "worker@10.0.0.7:4370" && view.role == "worker" && view.incarnation == 5)
        #expect(view.roles.sorted() == ["api", "worker"])
        #expect(view.state == .draining && view.stateAge == nil && view.heartbeatAge == .milliseconds(300))
        #expect(view.slots == 16 && view.busy == 3 && view.processed == 9 && view.failed == 1 && view.peers == 3)
        #expect(view.started == Timestamp(microseconds: noon) && view.http == "h:4000" && view.memory == nil)
        #expect(view.duties == [.init(name: "claim", state: "running", restarts: 2)])

        let lost = MemberView(entry(.lost(since: taken - .seconds(9))), at: taken, peers: nil)
        #expect(lost.state == .lost && lost.stateAge == .seconds(9))
        #expect(MemberView(entry(.left(since: taken)), at: taken, peers: nil).state == .left)
    }
}
