internal import Crypto
internal import NIOCore
internal import NIOSSL

/// Mutual TLS between members: each shows a certificate, and each takes only those its authority signed.
///
/// Names in certificates do not count: a member proves who it is with the cookie, and what it signs with it holds the
/// hashes of both certificates, so that nobody in the middle can pass a proof on.
public struct MeshTLS: Sendable, Hashable {
    /// A PEM file: this member's certificate, then those between it and the authority, if any.
    public var certificatePath: String
    /// A PEM file: the key of the certificate, without a pass phrase.
    public var keyPath: String
    /// A PEM file: the authorities whose certificates are taken.
    public var authorityPath: String

    /// Joins the paths. The files are read when the mesh is made, or the client connects.
    public init(certificatePath: String, keyPath: String, authorityPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.authorityPath = authorityPath
    }
}

/// Certificate, key and authorities, read and checked.
struct MeshTLSContext: Sendable {
    private let context: NIOSSLContext
    private let ownHash: [UInt8]

    /// Throws `MeshError.invalid` when a file cannot be read or used.
    init(_ tls: MeshTLS) throws(MeshError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(tls.certificatePath)
            guard let own = chain.first else { throw MeshError.invalid("no certificate in \(tls.certificatePath)") }
            let key = try NIOSSLPrivateKey(file: tls.keyPath, format: .pem)
            // One configuration for both sides: the server's asks the client for a certificate too.
            var configuration = TLSConfiguration.makeServerConfigurationWithMTLS(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key),
                trustRoots: .file(tls.authorityPath))
            configuration.minimumTLSVersion = .tlsv13
            configuration.certificateVerification = .noHostnameVerification
            context = try NIOSSLContext(configuration: configuration)
            ownHash = try Self.hash(own)
        } catch let error as MeshError {
            throw error
        } catch {
            throw .invalid("mesh certificate: \(error)")
        }
    }

    /// The handler that comes before all others on a connection.
    func handler(_ side: HandshakeMachine.Side) throws -> any ChannelHandler {
        switch side {
        case .initiator: try NIOSSLClientHandler(context: context, serverHostname: nil)
        case .acceptor: NIOSSLServerHandler(context: context)
        }
    }

    /// What ties the proofs to this connection: the hashes of the initiator's and of the acceptor's certificate. Known
    /// once the first bytes of the peer came through; nil when it showed none.
    func binding(_ side: HandshakeMachine.Side, _ channel: any Channel) -> [UInt8]? {
        guard let peer = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
            let peerHash = try? Self.hash(peer)
        else { return nil }
        return side == .initiator ? ownHash + peerHash : peerHash + ownHash
    }

    private static func hash(_ certificate: NIOSSLCertificate) throws -> [UInt8] {
        Array(SHA256.hash(data: try certificate.toDERBytes()))
    }
}
