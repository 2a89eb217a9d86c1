import RoostJobs

/// The ids of a batch and its members. For a request with a key they come from the request alone, so that a repeat,
/// whenever it comes and whoever answers it, goes on with what the first one began.
enum BatchIDs {
    /// The id of the batch that a request makes: of its key and of its bytes, so that two requests never share one.
    static func batch(_ key: IdempotencyKey) -> JobID {
        let words = ContentDigest.words(Array("batch \(key.key) \(key.digest)".utf8))
        return JobID(high: words.high, low: words.low)
    }

    /// The ids of the members, in the order they were given. They carry the time the batch was opened, because lists are
    /// ordered by id.
    static func members(of batch: JobID, openedAt: Timestamp, count: Int) -> [JobID] {
        let words = ContentDigest.words(Array("members \(batch)".utf8))
        let milliseconds = UInt64(clamping: openedAt.milliseconds) & 0xFFFF_FFFF_FFFF
        return (0..<count).map { index in
            // Without the top bit no sum overflows.
            JobID(high: (milliseconds << 16) | (words.high & 0xFFFF), low: (words.low >> 1) + UInt64(index))
        }
    }
}
