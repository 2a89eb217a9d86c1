public import RoostJobs

extension RedisStreamStore {
    /// In windows of 500, beside running work. Throws `.unavailable` while another check runs. Goes through every key of the
    /// server's database to find what belongs to nothing. Its findings, beside those named at `StoreRepair`:
    /// `missing-index`, `missing-lane`, `dangling-entry` (claimed, and nobody's), `untold-end` (others wait to hear that a job
    /// ended) and `unreadable` (perhaps of a newer version: left alone).
    public func check(repair: Bool) async throws(StoreError) -> StoreReport {
        var check = StoreCheck(self, repair: repair)
        return try await check.run()
    }
}
