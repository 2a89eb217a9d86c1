import Glibc
import RoostJobs
import RoostProcessKit
import RoostTestKit
import Testing

/// One process on the far side of a cable that is cut.
@Suite(.serialized, .enabled(if: NetworkLab.obstacle == nil, "\(NetworkLab.obstacle ?? "")"))
struct MeshPartitionTests {
    private struct Scene {
        let lab: NetworkLab
        let redis: RedisServer
        let cluster: MeshCluster
        let far: MeshCluster.Peer

        init() throws {
            lab = try NetworkLab()
            redis = try RedisServer.start(arguments: ["--bind", "127.0.0.1", lab.here, "--protected-mode", "no"])
            cluster = try MeshCluster(
                3, arguments: ["--insecure", "--host", lab.here, "--queues", "near"], redis: redis,
                store: "redis://\(lab.here):\(redis.port)")
            far = try #require(
                try cluster.grow(
                    by: 1, arguments: ["--host", lab.there, "--queues", "default"], under: lab.launcher
                ).first)
            try cluster.meet()
            cluster.forget(far)
        }

        /// When the others gave it up, seconds after `cut`.
        func downs(since cut: Double) throws -> [Double] {
            try cluster.peers.map { peer in
                let down = try eventually("\(peer.name) to give \(far.name) up") {
                    peer.event("member down", of: far.name, since: cut)
                }
                #expect(down.proof == "silence")
                return down.at - cut
            }
        }

        /// When the others had it back, seconds after `mended`; only the far side became another incarnation.
        func returns(since mended: Double) throws -> [Double] {
            let times = try cluster.peers.map { peer in
                try eventually("\(far.name) to be back at \(peer.name)") {
                    peer.event("member up", of: far.name, since: mended)
                }.at - mended
            }
            #expect(cluster.peers.allSatisfy { !$0.program.printed.contains("came back") })
            return times
        }
    }

    @Test("a process that is cut off keeps its jobs until their leases end, and comes back as another")
    func cutOff() throws {
        let scene = try Scene()
        let helper = try scene.cluster.grow(by: 1, arguments: ["--queues", "near,default"])
        let (cluster, far) = (scene.cluster, scene.far)
        try cluster.meet()
        var (downs, returns) = (Durations(), Durations())
        for _ in 0..<MeshChaos.repeats(short: 1, part: 40) {
            // The helper's slots could take it: ask until the far side did.
            let id = try eventually("the far side to take a job") { () -> String? in
                let id = try cluster.enqueue(#"{"type":"sleep","payload":{"seconds":5},"result_ttl":600}"#)
                let job = try cluster.job(id, "running")
                return (job.string("worker") ?? "").hasPrefix(far.name + "#") ? id : nil
            }
            let cut = MeshCluster.now
            try scene.lab.cut()
            downs.add(try scene.downs(since: cut))
            let second = try cluster.job(id, "running", attempt: 2, seconds: 60)
            #expect((try #require(second.time("started_at"))) - cut > 9.5)
            #expect(cluster.peers.allSatisfy { !$0.program.printed.contains("jobs of a dead worker") })
            let mended = MeshCluster.now
            try scene.lab.mend()
            returns.add(try scene.returns(since: mended))
            let worker = second.string("worker")
            let done = try cluster.job(id, "done")
            #expect(done.int("attempt") == 2 && done.string("worker") == worker, "\(done.body)")
        }
        FigureSheet.add(
            "cut off, down at the others", downs, goal: "6 to 12 s",
            isMet: downs.smallest >= 6 && downs.worst < 12)
        FigureSheet.add("joined again, up at the others", returns, goal: "≤ 12 s", isMet: returns.worst < 12)
        #expect(downs.smallest >= 6 && downs.worst < 12)
        #expect(returns.worst < 12)
        #expect(helper.allSatisfy { $0.program.isAlive })
    }

    @Test("a process that only Redis reaches is down for the others and finishes its jobs")
    func meshOnly() throws {
        let scene = try Scene()
        let (cluster, far) = (scene.cluster, scene.far)
        let id = try cluster.enqueue(#"{"type":"sleep","payload":{"seconds":20},"result_ttl":600}"#)
        _ = try cluster.job(id, "running")
        let cut = MeshCluster.now
        try scene.lab.cut(sparing: scene.redis.port)
        var downs = Durations()
        downs.add(try scene.downs(since: cut))
        let done = try cluster.job(id, "done", seconds: 60)
        #expect(done.int("attempt") == 1 && (done.string("worker") ?? "").hasPrefix(far.name + "#"), "\(done.body)")
        try scene.lab.mend()
        FigureSheet.add("cut off but for Redis, down at the others", downs)
        #expect(downs.smallest >= 6 && downs.worst < 12)
        #expect(far.program.isAlive)
    }
}
