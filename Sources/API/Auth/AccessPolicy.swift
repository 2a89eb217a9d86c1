/// Who may use an API.
public enum AccessPolicy: Sendable {
    /// Whoever reaches it: on a network that is the user's alone. Pages of other sites are still kept from changing
    /// anything.
    case open
    /// Who has a token. `admin` is one that the environment gives.
    case tokens(admin: AdminToken? = nil)

    /// Whether a token is asked for.
    public var asksForTokens: Bool { if case .tokens = self { true } else { false } }
}
