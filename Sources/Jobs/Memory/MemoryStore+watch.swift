extension MemoryStore {
    public func changes(of id: JobID) -> AsyncStream<Void> { watchers.stream(of: id) }

    public func keepEnds(_ isOn: Bool) async throws(StoreError) {
        try with { machine in
            if !isOn {
                machine.lastFed = machine.feed?.last ?? machine.lastFed
                machine.feed = nil
            } else if machine.feed == nil {
                machine.feed = EndFeed(after: machine.lastFed)
            }
        }
    }

    public func ends(limit: Int, wait: Duration) async throws(StoreError) -> [JobEnd] {
        let deadline = ContinuousClock.now + min(max(.zero, wait), .seconds(3600))
        while true {
            let generation = endsAdded.generation
            let ends = try with { $0.feed?.oldest(min(max(1, limit), JobLimits.batch)) ?? [] }
            let left = deadline - .now
            if Task.isCancelled { return [] }
            if !ends.isEmpty || left <= .zero { return ends }
            await endsAdded.wait(after: generation, upTo: left)
        }
    }

    public func forgetEnds(through position: String) async throws(StoreError) {
        try with { $0.feed?.forget(through: position) }
    }
}
