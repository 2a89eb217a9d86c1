/// What the two sides of a connection said of themselves, and what follows from it. Known once both are proved, and the
/// same from then on: it is read for every message.
final class MeshTerms: Sendable {
    let peer: Hello
    /// The roles the peer named, and the one its name says.
    let roles: [MemberRole]
    /// What both sides speak.
    let features: MeshFeatures
    /// The largest payload both sides take.
    let payloadLimit: Int

    init(_ peer: Hello, _ configuration: MeshConfiguration) {
        self.peer = peer
        roles = peer.allRoles
        features = configuration.features.intersection(MeshFeatures(rawValue: peer.features))
        payloadLimit = min(configuration.payloadLimit, Int(clamping: peer.maximumPayload))
    }
}

extension MeshConfiguration {
    /// The largest payload this side takes.
    var payloadLimit: Int { min(maximumPayload, Frame.hardLimit) }
}
