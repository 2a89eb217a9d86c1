/// What a job gets when its producer says nothing.
public enum JobDefaults {
    /// The queue's name.
    public static let queue = "default"
    /// The middle of 1 to 10.
    public static let priority = 5
    /// Attempts that may fail.
    public static let maxAttempts = 3
    /// One attempt's time.
    public static let timeout = Duration.seconds(300)
    /// How long a result is kept, from completion.
    public static let resultTTL = Duration.seconds(3600)
    /// How long a dead letter is kept.
    public static let deadTTL = Duration.seconds(30 * 86_400)
    /// How often a job may take its worker down before it is a dead letter.
    public static let maxCrashes = 3
}

/// What no job may exceed.
public enum JobLimits {
    /// A payload's bytes.
    public static let payloadBytes = 1 << 20
    /// A result's bytes.
    public static let resultBytes = 1 << 20
    /// An error text's bytes; a longer one is cut.
    public static let errorBytes = 4096
    /// A type's or a queue's name, bytes.
    public static let nameBytes = 100
    /// A unique key, bytes.
    public static let uniqueKeyBytes = 200
    /// Highest value of `maxAttempts`.
    public static let attempts = 1000
    /// Longest timeout, result time to live and delay: ten years.
    public static let longest = Duration.seconds(10 * 366 * 86_400)
    /// Levels of nesting in a payload.
    public static let depth = 32
    /// Tags of one job.
    public static let tags = 8
    /// A tag's bytes.
    public static let tagBytes = 40
    /// Searchable fields of one job.
    public static let terms = 8
    /// A searchable field's name, bytes.
    public static let termFieldBytes = 64
    /// A searchable field's value, bytes.
    public static let termValueBytes = 128
    /// Jobs one job may wait for.
    public static let parents = 100
    /// Members of a batch.
    public static let batchMembers = 10_000
    /// A progress note's bytes.
    public static let progressBytes = 1024
    /// A job's log, bytes; the oldest lines go first.
    public static let logBytes = 64 << 10
    /// One line of a job's log, bytes; a longer one is cut.
    public static let logLineBytes = 4096
    /// Failed attempts a job remembers; the oldest go first.
    public static let attemptsKept = 20
    /// Jobs that wait in one queue, unless its settings say otherwise.
    public static let queueQuota = 1_000_000
    /// Periodic jobs of a namespace.
    public static let crons = 10_000
    /// Starts a rate limit may allow in its period.
    public static let rateCount = 10_000
    /// Queues with settings of their own.
    public static let queues = 10_000
    /// Items in one call to a store.
    public static let batch = 10_000
}

/// What names of types and queues may look like: 1 to 100 of `A–Z a–z 0–9 _ . - / @ :`, because they become parts of
/// keys and of space-separated records.
public enum JobName {
    /// Whether `text` may name a type or a queue.
    public static func isValid(_ text: String) -> Bool {
        let count = text.utf8.count
        return count >= 1 && count <= JobLimits.nameBytes && text.utf8.allSatisfy(isAllowed)
    }

    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2E, 0x2D, 0x2F, 0x40, 0x3A: true
        default: false
        }
    }
}
