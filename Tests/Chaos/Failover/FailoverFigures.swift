/// What a failover cost.
struct FailoverFigures: Encodable {
    let servers: String
    /// From the kill to the moment another server has taken over, seconds.
    var promotion = 0.0
    /// From then until a job is accepted, until every node has begun one, and until every member's heartbeat is heard.
    var accepts = 0.0
    var everyoneRuns = 0.0
    var everyoneBeats = 0.0
    var accepted = 0
    var unknown = 0
    /// Accepted jobs that the new server never heard of; those accepted more than a second before the kill apart.
    var lost = 0
    var lostLongBefore = 0
    /// Accepted jobs that are there and have not ended.
    var stuck = 0
    /// What `roost fsck` said, the last line.
    var fsck = ""

    var text: String {
        func seconds(_ value: Double) -> String { ChaosReport.text(value) }
        return
            "failover \(servers): promoted after \(seconds(promotion)); then taken again after \(seconds(accepts)), every "
            + "node runs after \(seconds(everyoneRuns)), all beat after \(seconds(everyoneBeats)); \(accepted) accepted, "
            + "\(lost) lost, \(stuck) stuck, \(unknown) unknown; fsck: \(fsck)"
    }
}
