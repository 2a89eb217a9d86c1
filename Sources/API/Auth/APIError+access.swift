import HTTPTypes

extension APIError {
    /// 401 for a request without credentials.
    static let missingCredentials: APIError = {
        var error = APIError(.unauthorized, "A token is needed")
        error.headers[.wwwAuthenticate] = "Bearer realm=\"roost\""
        return error
    }()

    /// 401 for credentials that are wrong. Which part is wrong is nobody's business.
    static let invalidCredentials: APIError = {
        var error = APIError(.unauthorized, "The token is not valid")
        error.headers[.wwwAuthenticate] = "Bearer realm=\"roost\", error=\"invalid_token\""
        return error
    }()

    /// 403 for a token that may not do this.
    static func forbidden(needing scope: Scope) -> APIError {
        var error = APIError(.forbidden, "The token may not do this: it needs the scope '\(scope.rawValue)'")
        error.headers[.wwwAuthenticate] =
            "Bearer realm=\"roost\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
        return error
    }

    /// 403 for what a page of another site had a browser send.
    static let foreignPage = APIError(.forbidden, "A page of another site may not do this")

    /// 503: nobody can be told apart now.
    static let accessUnknown: APIError = {
        var error = APIError(.serviceUnavailable, "Tokens cannot be checked: the job store is not reachable")
        error.headers[.retryAfter] = "1"
        return error
    }()
}
