import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension APIClient {
    /// Reads a stream of events behind `lastID`, until `take` says that this was the last, the server ends it, or the task
    /// is cancelled. Returns whether there is nothing more to come.
    func events(
        _ path: String, after lastID: String?, _ take: (EventParser.Event) -> Bool
    ) async throws(Failure) -> Bool {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: "Accept", value: "text/event-stream")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let lastID { request.headers.add(name: "Last-Event-ID", value: lastID) }
        let response: HTTPClientResponse
        do { response = try await HTTPClient.shared.execute(request, timeout: .seconds(10)) } catch { throw unanswered }
        guard response.status.code == 200 else {
            let body = try? await response.body.collect(upTo: 1 << 20)
            let bytes = body.map { Array($0.readableBytesView) } ?? []
            _ = try Reply(status: Int(response.status.code), body: bytes).checked()
            return response.status == .noContent
        }
        var parser = EventParser()
        do {
            for try await piece in response.body {
                guard let events = parser.take(piece.readableBytesView) else { return false }
                for event in events where take(event) { return true }
            }
        } catch {
            // It broke: the next one goes on behind the last event.
        }
        return false
    }
}
