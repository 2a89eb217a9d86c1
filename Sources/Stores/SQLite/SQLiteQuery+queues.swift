import RoostJobs

/// Settings of queues, starts under a rate, and periodic jobs.
extension SQLiteQuery {
    private static let settings = """
        name, is_paused, concurrency, rate_count, rate_period, tenant_concurrency, tenant_rate_count, \
        tenant_rate_period, quota, is_searchable
        """
    static let saveQueue = SQLiteQuery(
        "INSERT OR REPLACE INTO queues (\(settings)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")
    static let deleteQueue = SQLiteQuery("DELETE FROM queues WHERE name = ?1")
    static let queues = SQLiteQuery("SELECT \(settings) FROM queues")

    static let addStarts = SQLiteQuery(
        """
        INSERT INTO starts (scope, at, count) VALUES (?1, ?2, ?3) \
        ON CONFLICT (scope, at) DO UPDATE SET count = count + excluded.count
        """)
    static let dropStarts = SQLiteQuery("DELETE FROM starts WHERE scope = ?1 AND at <= ?2")
    static let starts = SQLiteQuery("SELECT scope, at, count FROM starts ORDER BY scope, at")

    private static let nextTenant = """
        (SELECT min(tenant) FROM jobs INDEXED BY jobs_ready_by_tenant WHERE state = 1 AND tenant IS NOT NULL \
        AND queue = ?1 AND priority = ?2 AND type = ?3
        """
    static let oldest = SQLiteQuery(
        """
        SELECT inserted_at FROM jobs INDEXED BY jobs_ready WHERE state = 1 AND tenant IS NULL AND queue = ?1 \
        AND priority = ?2 AND type = ?3 ORDER BY sequence LIMIT 1
        """)
    /// Of the heads of the first 256 tenants' lanes, found by jumps through the index.
    static let oldestOfTenants = SQLiteQuery(
        """
        WITH RECURSIVE lane(tenant) AS (SELECT \(nextTenant)) UNION ALL \
        SELECT \(nextTenant) AND tenant > lane.tenant) FROM lane WHERE lane.tenant IS NOT NULL LIMIT 256) \
        SELECT min((SELECT inserted_at FROM jobs INDEXED BY jobs_ready_by_tenant WHERE state = 1 \
        AND tenant IS NOT NULL AND queue = ?1 AND priority = ?2 AND type = ?3 AND tenant = lane.tenant \
        ORDER BY sequence LIMIT 1)) FROM lane WHERE tenant IS NOT NULL
        """)
    static let ahead = SQLiteQuery(
        """
        SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_ready WHERE state = 1 AND tenant IS NULL \
        AND queue = ?1 AND priority = ?2 AND type = ?3 \
        AND sequence < (SELECT sequence FROM jobs WHERE id = ?4) LIMIT 1000)
        """)
    static let aheadOfTenant = SQLiteQuery(
        """
        SELECT count(*) FROM (SELECT 1 FROM jobs INDEXED BY jobs_ready_by_tenant WHERE state = 1 \
        AND tenant IS NOT NULL AND queue = ?1 AND priority = ?2 AND type = ?3 AND tenant = ?5 \
        AND sequence < (SELECT sequence FROM jobs WHERE id = ?4) LIMIT 1000)
        """)

    static let saveCron = SQLiteQuery(
        """
        INSERT INTO crons (\(CronStatus.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, \
        ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29) \
        ON CONFLICT (name) DO UPDATE SET (\(CronStatus.columns)) = (\(CronStatus.replacement))
        """)
    static let crons = SQLiteQuery("SELECT \(CronStatus.columns) FROM crons ORDER BY name")
    static let dueCrons = SQLiteQuery(
        "SELECT \(CronStatus.columns) FROM crons WHERE next IS NOT NULL AND next <= ?1 ORDER BY next, name LIMIT ?2")
    static let nextCron = SQLiteQuery("SELECT next FROM crons WHERE next IS NOT NULL ORDER BY next LIMIT 1")
    static let countCrons = SQLiteQuery("SELECT count(*), count(*) FILTER (WHERE name = ?1) FROM crons")
    static let deleteCron = SQLiteQuery("DELETE FROM crons WHERE name = ?1")
    static let advanceCron = SQLiteQuery("UPDATE crons SET next = ?3, last = ?2 WHERE name = ?1 AND next = ?2")
}
