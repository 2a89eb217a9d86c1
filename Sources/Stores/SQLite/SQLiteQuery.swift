import RoostJobs

/// Every statement the store prepares. A number each, so that the cache is an array.
///
/// States are written as their numbers (see `JobState.code`), because SQLite uses a partial index only when it reads
/// the index's condition in the query.
enum SQLiteQuery: Int, CaseIterable {
    case begin, beginRead, commit, rollback
    case insertJob, insertBody, body, deleteBody, deleteJob
    case known, keyHolder, releaseKey
    case ready, record, claim
    case finish, handBack, settled
    case due, nextDue, promote
    case crashed, requeue, bury, running
    case expired
    case saveLedger, loadLedger, countStates, countReady
    case job, jobByKey, newest, newestInState, search, searchInState

    var sql: String {
        switch self {
        case .begin: "BEGIN IMMEDIATE"
        case .beginRead: "BEGIN"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"

        case .insertJob:
            """
            INSERT INTO jobs (id, state, queue, type, priority, sequence, attempt, crashes, max_attempts, timeout, \
            result_ttl, unique_key, holds_key, inserted_at, run_at, body, payload) \
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, ?8, ?9, ?10, ?10 IS NOT NULL, ?11, ?12, ?13, ?14) \
            ON CONFLICT (id) DO NOTHING
            """
        case .insertBody: "INSERT INTO bodies (body, payload) VALUES (?1, ?2)"
        case .body: "SELECT payload FROM bodies WHERE body = ?1"
        case .deleteBody: "DELETE FROM bodies WHERE body = ?1"
        case .deleteJob: "DELETE FROM jobs WHERE id = ?1"
        case .known: "SELECT queue, state, body, expires_at FROM jobs WHERE id = ?1"
        case .keyHolder: "SELECT id, state, expires_at FROM jobs WHERE unique_key = ?1 AND holds_key = 1"
        case .releaseKey: "UPDATE jobs SET holds_key = 0 WHERE id = ?1"

        case .ready:
            """
            SELECT sequence, id FROM jobs INDEXED BY jobs_ready \
            WHERE state = 1 AND queue = ?1 AND priority = ?2 AND type = ?3 AND sequence > ?4 ORDER BY sequence LIMIT ?5
            """
        case .record: "SELECT \(JobRecord.columns) FROM jobs WHERE id = ?1"
        case .claim:
            """
            UPDATE jobs SET state = 2, attempt = attempt + 1, token = ?2, started_at = ?3, worker = ?4 WHERE id = ?1
            """

        // A ticket says queue, type and priority; a forged one must not bring the counts out of step.
        case .finish:
            """
            UPDATE jobs SET state = ?1, result = ?2, error = ?3, finished_at = ?4, \
            expires_at = ?4 + coalesce(?5, result_ttl) \
            WHERE id = ?6 AND state = 2 AND token = ?7 AND queue = ?8 AND type = ?9 AND priority = ?10
            """
        case .handBack:
            """
            UPDATE jobs SET state = ?1, run_at = ?2, error = coalesce(?3, error), attempt = attempt - ?4, \
            sequence = ?5 \
            WHERE id = ?6 AND state = 2 AND token = ?7 AND queue = ?8 AND type = ?9 AND priority = ?10
            """
        case .settled: "SELECT 1 FROM jobs WHERE id = ?1 AND token = ?2 AND state <> 2"

        case .due:
            "SELECT id, queue, type, priority FROM jobs WHERE state = 0 AND run_at <= ?1 ORDER BY run_at LIMIT ?2"
        case .nextDue: "SELECT run_at FROM jobs WHERE state = 0 ORDER BY run_at LIMIT 1"
        case .promote: "UPDATE jobs SET state = 1, run_at = NULL, sequence = ?2 WHERE id = ?1"

        case .crashed:
            """
            SELECT queue, type, priority, crashes, worker FROM jobs \
            WHERE id = ?1 AND state = 2 AND (?2 IS NULL OR token = ?2)
            """
        case .requeue: "UPDATE jobs SET state = 1, crashes = ?2, token = NULL, sequence = ?3 WHERE id = ?1"
        case .bury:
            """
            UPDATE jobs SET state = 4, crashes = ?2, token = NULL, error = ?3, finished_at = ?4, expires_at = ?5 \
            WHERE id = ?1
            """
        case .running: "SELECT id FROM jobs WHERE state = 2 ORDER BY id LIMIT ?1"

        case .expired:
            """
            SELECT id, queue, state, body FROM jobs WHERE expires_at IS NOT NULL AND expires_at <= ?1 \
            ORDER BY expires_at LIMIT ?2
            """

        case .saveLedger:
            """
            UPDATE ledger SET sequence = ?1, enqueued = ?2, started = ?3, done = ?4, retried = ?5, failed = ?6, \
            reclaimed = ?7
            """
        case .loadLedger: "SELECT sequence, enqueued, started, done, retried, failed, reclaimed FROM ledger"
        case .countStates: "SELECT queue, state, count(*) FROM jobs GROUP BY queue, state"
        case .countReady:
            "SELECT queue, priority, type, count(*) FROM jobs WHERE state = 1 GROUP BY queue, priority, type"

        case .job: "SELECT \(JobRecord.columns) FROM jobs WHERE id = ?1 AND (expires_at IS NULL OR expires_at > ?2)"
        case .jobByKey:
            """
            SELECT \(JobRecord.columns) FROM jobs \
            WHERE unique_key = ?1 AND holds_key = 1 AND (expires_at IS NULL OR expires_at > ?2)
            """
        case .newest:
            """
            SELECT \(JobRecord.columns) FROM jobs WHERE expires_at IS NULL OR expires_at > ?1 \
            ORDER BY id DESC LIMIT ?2 OFFSET ?3
            """
        case .newestInState:
            """
            SELECT \(JobRecord.columns) FROM jobs INDEXED BY jobs_by_state \
            WHERE state = ?4 AND (expires_at IS NULL OR expires_at > ?1) ORDER BY id DESC LIMIT ?2 OFFSET ?3
            """
        // The inner query bounds the work and the outer one reads no payloads; the page is then read by id.
        case .search:
            """
            SELECT id FROM (SELECT id, type, queue, expires_at FROM jobs ORDER BY id DESC \
            LIMIT \(JobQuery.searchWindow)) \
            WHERE (?4 IS NULL OR type = ?4) AND (?5 IS NULL OR queue = ?5) AND (expires_at IS NULL OR expires_at > ?1) \
            ORDER BY id DESC LIMIT ?2 OFFSET ?3
            """
        case .searchInState:
            """
            SELECT id FROM (SELECT id, type, queue, expires_at FROM jobs INDEXED BY jobs_by_state WHERE state = ?6 \
            ORDER BY id DESC LIMIT \(JobQuery.searchWindow)) \
            WHERE (?4 IS NULL OR type = ?4) AND (?5 IS NULL OR queue = ?5) AND (expires_at IS NULL OR expires_at > ?1) \
            ORDER BY id DESC LIMIT ?2 OFFSET ?3
            """
        }
    }
}
