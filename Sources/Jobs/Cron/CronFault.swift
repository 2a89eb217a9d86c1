/// What is wrong with a cron expression, for the person who wrote it.
public struct CronFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The field it is in: `second`, `minute`, `hour`, `day of month`, `month`, `day of week`; or `schedule` for the
    /// expression as a whole.
    public let field: String
    /// What is wrong with it.
    public let message: String

    /// A fault in one field.
    public init(field: String, message: String) {
        self.field = field
        self.message = message
    }

    public var description: String { "\(field): \(message)" }
}
