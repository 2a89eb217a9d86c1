import RoostJobs
import RoostRedis

extension RedisStreamStore {
    /// Hands on what is published, until cancelled or the subscription breaks.
    func listen(onSubscribed: @escaping @Sendable () -> Void) async throws {
        let claimable = claimable
        let schedule = schedule
        let endsAdded = endsAdded
        let wishes = wishes
        let watchers = watchers
        try await client.subscribe(
            to: [keys.wake],
            onSubscribed: {
                onSubscribed()
                // Whatever was published before is missed: look.
                claimable.notify()
                schedule.notify()
                endsAdded.notify()
            },
            onMessage: { _, payload in
                switch payload.first {
                case UInt8(ascii: "s"): schedule.notify()
                case UInt8(ascii: "e"): endsAdded.notify()
                case UInt8(ascii: "x"):
                    if let id = JobID(String(decoding: payload.dropFirst(), as: UTF8.self)) { wishes.tell([id]) }
                case UInt8(ascii: "c"): watchers.tell(payload.dropFirst())
                default: claimable.notify()
                }
            })
    }
}

extension ChangeWatchers {
    /// Tells the watchers of jobs whose ids stand there with spaces between.
    fileprivate func tell(_ text: ArraySlice<UInt8>) {
        if isEmpty { return }
        tell(text.split(separator: 0x20).compactMap { JobID(String(decoding: $0, as: UTF8.self)) })
    }
}
