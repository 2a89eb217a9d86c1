/// What a side speaks beyond the first version's frames: one bit each in its HELLO. Only what both sides set is used,
/// so that a version and the one before it can work side by side. Bits are never reused.
struct MeshFeatures: OptionSet, Sendable, Hashable {
    let rawValue: UInt64

    /// Payloads of more than `PartAssembler.partSize` bytes come in parts, with other frames between them.
    static let parts = MeshFeatures(rawValue: 1 << 0)
    /// CANCEL: the caller has given up.
    static let cancel = MeshFeatures(rawValue: 1 << 1)
    /// CREDIT: the sender of messages for a service waits for the receiver to have handled earlier ones.
    static let credit = MeshFeatures(rawValue: 1 << 2)
    /// SPAWN, EXIT, PROGRESS, MONITOR, DEMONITOR, DOWN.
    static let tasks = MeshFeatures(rawValue: 1 << 3)
    /// GROUP, PUBLISH.
    static let groups = MeshFeatures(rawValue: 1 << 4)

    // Bits 16 to 31 are kept for failure detection.

    /// It is a member and takes part in failure detection: PEERS, WITNESS, PROBE, PROBE_ACK, GOODBYE, FENCED. A client
    /// does not set it.
    static let membership = MeshFeatures(rawValue: 1 << 16)

    /// All this program speaks.
    static let all: MeshFeatures = [.parts, .cancel, .credit, .tasks, .groups, .membership]
}
