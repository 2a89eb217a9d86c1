/// One time that a periodic job is due: its name and the moment.
public struct CronSlot: Sendable, Hashable {
    /// The periodic job's name.
    public let name: String
    /// When it is due.
    public let time: Timestamp

    /// A slot.
    public init(name: String, time: Timestamp) {
        self.name = name
        self.time = time
    }

    /// The id of the slot's job: the slot's milliseconds and 80 bits made from the name.
    ///
    /// Whoever computes it gets the same, on any machine and in any version, so that two schedulers that fire one slot
    /// make one job. It must never change. Two names share their 80 bits by chance once in 10^24, but someone who
    /// chooses names freely can make them do so: names of periodic jobs are given by operators.
    public var jobID: JobID {
        let hash = Self.hash(name.utf8)
        // The FNV authors' way to a shorter hash: fold what is above into what is kept.
        let bits = (hash >> 80) ^ (hash & ((1 << 80) - 1))
        let milliseconds = UInt64(clamping: time.milliseconds) & 0xFFFF_FFFF_FFFF
        return JobID(
            high: milliseconds << 16 | UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    /// FNV-1a with 128 bits, http://www.isthe.com/chongo/tech/comp/fnv/
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt128 {
        bytes.reduce(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D) { hash, byte in
            (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
    }
}
