/// Whether deliveries may go where a webhook says: keeps whoever may make webhooks from reaching, through this process,
/// what only this process can reach.
struct WebhookGuard: Sendable {
    /// Whether private networks and plain HTTP are wanted.
    let allowsPrivate: Bool

    /// What is wrong with the address itself, before any name is looked up; nil when nothing is.
    func fault(_ url: WebhookURL) -> String? {
        if !url.isSecure, !allowsPrivate { return "must begin with https://" }
        if let address = url.address { return fault(address) }
        let isLocal = url.host == "localhost" || url.host.hasSuffix(".localhost")
        return isLocal && !allowsPrivate ? Self.nearby : nil
    }

    /// What is wrong with what a name stands for; nil when nothing is. One bad address among good ones is enough: a name
    /// that mixes them wants to be let in by the good ones.
    func fault(_ addresses: [ReceiverAddress]) -> String? {
        addresses.isEmpty ? "has no address" : addresses.lazy.compactMap { fault($0) }.first
    }

    private func fault(_ address: ReceiverAddress) -> String? {
        switch address.reach {
        case .everywhere: nil
        case .nearby: allowsPrivate ? nil : Self.nearby
        case .nowhere: "leads to an address that no receiver may have"
        }
    }

    private static let nearby = "leads to this machine or its private networks, which webhooks may not reach here"
}

extension WebhookURL {
    /// Why deliveries may not go there, as far as can be said before its name is looked up; nil when nothing speaks
    /// against it.
    public func fault(_ rules: WebhookRules) -> String? {
        WebhookGuard(allowsPrivate: rules.allowsPrivate).fault(self)
    }
}
