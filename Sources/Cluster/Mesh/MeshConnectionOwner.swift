/// Whom a connection belongs to. All calls come from the connection's event loop and must not block.
protocol MeshConnectionOwner: AnyObject, Sendable {
    /// The peer has proved itself. Nil: the connection is in use from now on; else why not.
    func admit(_ connection: MeshConnection, _ peer: Hello) -> HandshakeReject?
    /// It is in use and messages can be sent.
    func opened(_ connection: MeshConnection)
    /// It ended, once; `reason` when that was before it was of use.
    func ended(_ connection: MeshConnection, _ reason: HandshakeReject?)
    /// Messages for services, in the order they came. Returns those that are not accepted.
    func receive(_ deliveries: [Delivery]) -> [(Delivery, MeshError)]
    /// Any other frame; false when it is of no known type.
    func receive(_ frame: Frame, on connection: MeshConnection) -> Bool
}
