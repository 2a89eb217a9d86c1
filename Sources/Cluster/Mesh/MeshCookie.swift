internal import Crypto
internal import NIOCore

/// The secret the members of a cluster share. It proves who may speak, it does not encrypt.
///
/// It is never logged, never sent and never written to the registry.
public struct MeshCookie: Sendable {
    private let key: SymmetricKey

    /// A cookie from configuration; nil when it is shorter than 32 bytes, for an eavesdropper may try guesses offline.
    public init?(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard bytes.count >= Self.shortest else { return nil }
        key = SymmetricKey(data: bytes)
    }

    private init(wellKnown cluster: String) {
        key = SymmetricKey(data: SHA256.hash(data: Array("roost default cookie \(cluster)".utf8)))
    }

    /// The fewest bytes of a secret.
    public static let shortest = 32

    /// A cookie anybody can compute from the cluster's name. It keeps clusters from mixing by accident and protects
    /// from nobody: use it only when the mesh is bound to a loopback address. Whoever puts the parts together decides.
    public static func wellKnown(cluster: String) -> MeshCookie {
        MeshCookie(wellKnown: cluster)
    }

    /// Keyed hash of `bytes`.
    func sign(_ bytes: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    /// Compares in constant time.
    func verify(_ code: [UInt8], of bytes: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: key)
    }
}

extension MeshCookie: CustomStringConvertible {
    /// Says nothing.
    public var description: String { "<cookie>" }
}
