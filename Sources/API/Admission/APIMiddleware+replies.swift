import Hummingbird
import HummingbirdCore

extension APIMiddleware {
    /// Shorter replies are bounded by the number of requests.
    private static let shortReply = 64 << 10

    /// Counts a long reply among the bytes that are held until it is written. One that only shows something is refused when
    /// there is no room for it; what has happened is told in any case.
    func counted(_ response: Response, to request: Request, _ context: APIRequestContext) -> Response {
        guard let length = response.body.contentLength, length > Self.shortReply else { return response }
        let fits = bytes.add(length, limit: limit)
        if !fits, request.method == .get || request.method == .head {
            bytes.remove(length)
            return APIError.noRoom.response(to: request)
        }
        let bytes = bytes
        context.channel.triggerUserOutboundEvent(ConnectionEvent.replyHolds(length)).whenFailure { _ in
            // It is gone already, or a server of somebody else's making.
            bytes.remove(length)
        }
        return response
    }
}
