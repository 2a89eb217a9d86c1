/// A usual set of scopes.
public enum AccessRole: String, Sendable, CaseIterable {
    /// Looks.
    case viewer
    /// Looks, gives work, and changes what happens to it.
    case `operator`
    /// Everything.
    case admin

    /// What it may do.
    public var scopes: Set<Scope> {
        switch self {
        case .viewer: [.read]
        case .operator: [.read, .submit, .operate]
        case .admin: [.read, .submit, .operate, .admin]
        }
    }
}

extension Scope {
    /// Those a token may have, the weakest first.
    public static let grantable: [Scope] = [.submit, .read, .operate, .admin]
}
