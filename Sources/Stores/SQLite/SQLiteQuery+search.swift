import RoostJobs

/// The search, and its index of words.
///
/// The inner query of a search bounds the work, and none reads a payload: the page is then read by id.
extension SQLiteQuery {
    /// Words of one search beside the rarest.
    static let otherTerms = JobLimits.terms

    private static let columns = "id, state, queue, type, tenant, worker, error, expires_at"
    private static let filters = """
        (expires_at IS NULL OR expires_at > ?1) AND (?6 IS NULL OR state = ?6) AND (?7 IS NULL OR queue = ?7) \
        AND (?8 IS NULL OR type = ?8) AND (?9 IS NULL OR tenant = ?9) AND (?10 IS NULL OR worker = ?10) \
        AND (?11 IS NULL OR instr(lower(error), ?11) > 0)
        """
    private static let others = (0..<otherTerms).map { number in
        "AND (?\(13 + number) IS NULL OR EXISTS (SELECT 1 FROM job_terms WHERE term = ?\(13 + number) AND job = id))"
    }.joined(separator: " ")

    static let search = SQLiteQuery(
        """
        SELECT id FROM (SELECT \(columns) FROM jobs WHERE id < ?4 AND id >= ?5 ORDER BY id DESC \
        LIMIT \(JobQuery.searchWindow)) WHERE \(filters) ORDER BY id DESC LIMIT ?2 OFFSET ?3
        """)
    static let searchInState = SQLiteQuery(
        """
        SELECT id FROM (SELECT \(columns) FROM jobs INDEXED BY jobs_by_state \
        WHERE state = ?6 AND id < ?4 AND id >= ?5 ORDER BY id DESC LIMIT \(JobQuery.searchWindow)) \
        WHERE \(filters) ORDER BY id DESC LIMIT ?2 OFFSET ?3
        """)
    static let searchByTerm = SQLiteQuery(
        """
        SELECT id FROM (SELECT job FROM job_terms WHERE term = ?12 AND job < ?4 AND job >= ?5 ORDER BY job DESC \
        LIMIT \(JobQuery.searchWindow)) CROSS JOIN jobs ON id = job WHERE \(filters) \(others) \
        ORDER BY job DESC LIMIT ?2 OFFSET ?3
        """)

    /// The last id a search looks at; none when it looks at all there are.
    static let searchEnd = SQLiteQuery(
        """
        SELECT id FROM jobs WHERE id < ?1 AND id >= ?2 ORDER BY id DESC LIMIT 1 \
        OFFSET \(JobQuery.searchWindow - 1)
        """)
    static let searchEndInState = SQLiteQuery(
        """
        SELECT id FROM jobs INDEXED BY jobs_by_state WHERE state = ?3 AND id < ?1 AND id >= ?2 ORDER BY id DESC \
        LIMIT 1 OFFSET \(JobQuery.searchWindow - 1)
        """)
    static let searchEndByTerm = SQLiteQuery(
        """
        SELECT job FROM job_terms WHERE term = ?3 AND job < ?1 AND job >= ?2 ORDER BY job DESC LIMIT 1 \
        OFFSET \(JobQuery.searchWindow - 1)
        """)

    /// How many jobs have a word, as far as that is told.
    static let countTerm = SQLiteQuery(
        "SELECT count(*) FROM (SELECT 1 FROM job_terms WHERE term = ?1 LIMIT ?2)")
    static let addTerm = SQLiteQuery("INSERT OR IGNORE INTO job_terms (term, job) VALUES (?1, ?2)")
    static let dropTerm = SQLiteQuery("DELETE FROM job_terms WHERE term = ?1 AND job = ?2")
    static let hasTerm = SQLiteQuery("SELECT 1 FROM job_terms WHERE term = ?1 AND job = ?2")

    private static let isDangling = "NOT EXISTS (SELECT 1 FROM jobs WHERE id = job_terms.job AND flags & 128 != 0)"
    static let scanTerms = SQLiteQuery(
        """
        SELECT term, job, \(isDangling) FROM job_terms WHERE (term, job) > (?1, ?2) ORDER BY term, job LIMIT ?3
        """)
    static let dropDanglingTerm = SQLiteQuery(
        "DELETE FROM job_terms WHERE term = ?1 AND job = ?2 AND \(isDangling)")
}
