import RoostAPI

extension Settings {
    /// Whether listening where these settings say lets other machines in, and nobody said that this is wanted without
    /// credentials.
    var isExposed: Bool { !isLoopback && !insecure }

    /// Who may use the API and the console: who has a token, where that was asked for, where there is one of the
    /// environment, and wherever other machines come in.
    var access: AccessPolicy {
        switch auth {
        case .off: return .open
        case .required: break
        case nil: if adminToken == nil, !isExposed { return .open }
        }
        return .tokens(admin: adminToken.flatMap { AdminToken($0) })
    }
}
