/// Why a connection was refused before it was of use. Each is counted; the numbers go over the wire.
public enum HandshakeReject: UInt16, Sendable, Hashable, CaseIterable, Error {
    /// What came is not the mesh's protocol.
    case notRoost = 1
    /// A field is missing, too long or out of range, or a frame came out of turn.
    case malformed = 2
    /// No version of the protocol in common.
    case version = 3
    /// It belongs to another cluster.
    case cluster = 4
    /// It does not know the cookie.
    case cookie = 5
    /// It did not prove who it is in time.
    case timeout = 6
    /// Too many connections are being opened.
    case busy = 7
    /// There is, or will be, a better connection between the two.
    case duplicate = 8
    /// A newer incarnation of the same name is connected.
    case stale = 9
    /// It is this very member, or an echo of it.
    case itself = 10
    /// Another member than the one dialled answered.
    case unexpectedMember = 11
    /// The other side refused, for a reason this version does not know.
    case refused = 12
    /// The connection broke before it was of use.
    case closed = 13
    /// This incarnation of the member counts as down: it must come back as a new one.
    case fenced = 14
    /// TLS failed: no certificate, one of another authority, or no TLS on one side.
    case tls = 15
}
