/// How often a snapshot is taken and how much it holds.
public struct SnapshotConfiguration: Sendable {
    /// The cluster's name, for display.
    public var cluster = "roost"
    /// Time between two snapshots; at least 100 ms, at most an hour.
    public var interval: Duration = .seconds(1)
    /// How long the store may take to answer before what is shown is called stale; the answer is still awaited.
    public var patience: Duration = .seconds(3)
    /// Events kept.
    public var events = 100
    /// Rate samples kept.
    public var samples = 60
    /// Rate samples whose mean is the rate now.
    public var window = 5
    /// Members shown.
    public var nodes = 1000
    /// Queues shown.
    public var queues = 1000
    /// Duties shown of one member.
    public var duties = 64
    /// Unicode scalars kept of any text.
    public var text = 512

    /// The defaults.
    public init() {}

    var safeInterval: Duration { min(max(interval, .milliseconds(100)), .seconds(3600)) }
    var safePatience: Duration { min(max(patience, .milliseconds(100)), .seconds(3600)) }

    func cut(_ text: String) -> String {
        text.unicodeScalars.count <= self.text
            ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(self.text)))
    }
}
