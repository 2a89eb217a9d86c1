import Crypto
import RoostJobs

/// The right to settle a job, as a text that any node of the cluster can read and nobody else can make.
///
/// A claim's ticket and what goes with it, followed by their HMAC: a token counts up, so that one who holds a lease could
/// guess another's. Nothing is kept of a lease beside what the store keeps of the claim.
struct LeaseID: Equatable {
    /// What fences the claim.
    var ticket: Claim.Ticket
    /// Whose lease it is.
    var worker: String
    /// How long it holds unless the worker says otherwise.
    var lease: Duration
    /// When the attempt is over.
    var end: Timestamp
    /// Whether that is the job's own deadline, which comes before the attempt's time is over.
    var isCutShort: Bool

    /// The lease of a claim.
    init(_ claim: Claim, worker: String, lease: Duration) {
        let started = claim.job.startedAt ?? .now()
        let end = started.advanced(by: claim.job.timeout)
        ticket = claim.ticket
        self.worker = worker
        self.lease = lease
        self.end = min(end, claim.job.deadline ?? end)
        isCutShort = self.end < end
    }

    /// The text for a worker.
    func text(_ key: SymmetricKey) -> String {
        // No name has a space.
        let fields = [
            Self.version, ticket.id.description, "\(ticket.token)", ticket.queue, ticket.type, "\(ticket.priority)",
            "\(ticket.resultTTL.clampedMicroseconds)", ticket.tenant ?? "", worker, "\(lease.clampedMicroseconds)",
            "\(end.microseconds)", isCutShort ? "d" : "t",
        ]
        let bytes = Array(fields.joined(separator: " ").utf8)
        return Base64URL.text(bytes + HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    /// Reads what `text` made with the same key; nil for anything else.
    init?(_ text: String, key: SymmetricKey) {
        guard text.utf8.count <= 2000, let bytes = Base64URL.bytes(text), bytes.count > SHA256.byteCount else {
            return nil
        }
        let (body, code) = (bytes.dropLast(SHA256.byteCount), bytes.suffix(SHA256.byteCount))
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key) else { return nil }
        let fields = body.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard fields.count == 12, fields[0] == Self.version, let id = JobID(fields[1]), let token = UInt64(fields[2]),
            let priority = Int(fields[5]), let ttl = Int64(fields[6]), let lease = Int64(fields[9]),
            let end = Int64(fields[10])
        else { return nil }
        ticket = Claim.Ticket(
            id: id, token: token, queue: fields[3], type: fields[4], priority: priority,
            resultTTL: .microseconds(ttl), tenant: fields[7].isEmpty ? nil : fields[7])
        worker = fields[8]
        self.lease = .microseconds(lease)
        self.end = Timestamp(microseconds: end)
        isCutShort = fields[11] == "d"
    }

    private static let version = "1"
}
