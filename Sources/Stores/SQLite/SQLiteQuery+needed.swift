/// Parents are kept until their children have ended: until then their rows have no time to go.
extension SQLiteQuery {
    /// Whether a child that has not ended names the job ?1.
    private static let isNeeded =
        "EXISTS (SELECT 1 FROM dependencies INDEXED BY dependencies_waiting WHERE parent = ?1 AND waits = 1)"
    private static let hasEnded = "WHERE id = ?1 AND state > 2"

    static let needed = SQLiteQuery("SELECT \(isNeeded)")
    /// A job that ended: kept if a child needs it.
    static let keepNeeded = SQLiteQuery(
        "UPDATE jobs SET expires_at = NULL \(hasEnded) AND expires_at IS NOT NULL AND \(isNeeded)")
    /// A parent: nobody needs it any more, so that its time counts, ?2 for a dead letter.
    static let expireUnneeded = SQLiteQuery(
        """
        UPDATE jobs SET expires_at = finished_at + iif(state = 4, ?2, result_ttl) \
        \(hasEnded) AND expires_at IS NULL AND NOT \(isNeeded)
        """)

    /// A child ended.
    static let leaveParents = SQLiteQuery("UPDATE dependencies SET waits = 0 WHERE child = ?1 AND waits = 1")
    /// A child lives again: it needs those that are there, and is told of nothing.
    static let needParents = SQLiteQuery(
        """
        UPDATE dependencies SET waits = 1, sequence = \(Int64.max) WHERE child = ?1 \
        AND EXISTS (SELECT 1 FROM jobs WHERE id = dependencies.parent AND (expires_at IS NULL OR expires_at > ?2))
        """)
    static let neededParents = SQLiteQuery("SELECT parent FROM dependencies WHERE child = ?1 AND waits = 1")
}
