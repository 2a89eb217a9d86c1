import RoostJobs

@testable import RoostStores

/// A file as the second release wrote it (layout 2), as the statements that make it anew: four jobs, a periodic job and a
/// queue with a limit. Never changed: it is what is out there.
enum SQLiteRelease2 {
    /// The time all of it is at: its jobs wait, one was called off.
    static let time = Timestamp(microseconds: 1_795_260_120_000_000)
    /// Its jobs: queued with a tenant and a tag, queued with a unique key, scheduled, cancelled.
    static let ids = [
        "01M7YXES1J8CDFKEETC083P3YD", "01M7YXES2ZFJ7XGR3A1RSSXJ9K", "01M7YXES3EW3RVFQC7T3517VTX",
        "01M7YXES42Z3PE9P0DXDX4X7Z9",
    ].compactMap { JobID($0) }

    /// A folder with the file.
    static func folder() throws -> SQLiteFolder {
        let folder = try SQLiteFolder()
        try folder.execute(statements)
        return folder
    }

    private static let statements = """
        BEGIN;
        CREATE TABLE batch_members (
          batch TEXT NOT NULL, place INTEGER NOT NULL, job TEXT NOT NULL, PRIMARY KEY (batch, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE batches (
          id TEXT NOT NULL PRIMARY KEY, name TEXT, opened_at INTEGER NOT NULL, is_open INTEGER NOT NULL,
          total INTEGER NOT NULL, done INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL,
          finished_at INTEGER, on_complete TEXT, on_success TEXT, expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE bodies (body INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT;
        CREATE TABLE crons (
          name TEXT NOT NULL PRIMARY KEY, schedule TEXT NOT NULL, time_zone TEXT NOT NULL, catch_up TEXT NOT \
        NULL,
          is_paused INTEGER NOT NULL, next INTEGER, last INTEGER, job TEXT NOT NULL, type TEXT NOT NULL,
          queue TEXT NOT NULL, payload BLOB NOT NULL, priority INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
          timeout INTEGER NOT NULL, result_ttl INTEGER NOT NULL, start TEXT NOT NULL, unique_key TEXT,
          unique_period INTEGER, unique_conflict TEXT, request_key TEXT, request_digest TEXT, retry TEXT,
          start_by TEXT, deadline TEXT, tenant TEXT, tags TEXT, trace TEXT, parent_rule TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO "crons" VALUES('night','0 3 * * *','Europe/Berlin','latest',0,1795312800000000,NULL,\
        '01M7YXES5EF7GZJTP8FPRBTGT8','report','default',X'7B7D',5,3,300000000,604800000000,'now',NULL,NULL,NULL,\
        NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'done');
        CREATE TABLE dependencies (
          child TEXT NOT NULL, place INTEGER NOT NULL, parent TEXT NOT NULL, sequence INTEGER NOT NULL,
          waits INTEGER NOT NULL, PRIMARY KEY (child, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ends (
          number INTEGER PRIMARY KEY, job TEXT NOT NULL, state INTEGER NOT NULL, batch TEXT
        ) STRICT;
        CREATE TABLE failures (
          job TEXT NOT NULL, attempt INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
          worker TEXT NOT NULL, error TEXT NOT NULL, PRIMARY KEY (job, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE job_extras (
          job TEXT NOT NULL PRIMARY KEY, retry TEXT, start_by INTEGER, deadline INTEGER, tags TEXT, trace TEXT,
          parent_rule TEXT, batch TEXT, unique_until INTEGER, attempts_before INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO "job_extras" VALUES('01M7YXES1J8CDFKEETC083P3YD',NULL,NULL,NULL,'nightly',NULL,NULL,NULL,\
        NULL,0);
        CREATE TABLE jobs (
          id TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL, queue TEXT NOT NULL, type TEXT NOT NULL,
          priority INTEGER NOT NULL, sequence INTEGER NOT NULL, token INTEGER,
          attempt INTEGER NOT NULL, crashes INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
          timeout INTEGER NOT NULL, result_ttl INTEGER NOT NULL, unique_key TEXT, holds_key INTEGER NOT NULL,
          inserted_at INTEGER NOT NULL, run_at INTEGER, started_at INTEGER, finished_at INTEGER, expires_at \
        INTEGER,
          tenant TEXT, flags INTEGER NOT NULL DEFAULT 0, waiting INTEGER, overdue_at INTEGER,
          worker TEXT, error TEXT, body INTEGER, payload BLOB, result BLOB
        ) STRICT, WITHOUT ROWID;
        INSERT INTO "jobs" VALUES('01M7YXES1J8CDFKEETC083P3YD',1,'q','mail',5,1,NULL,0,0,3,300000000,\
        604800000000,NULL,0,1795260113970733,NULL,NULL,NULL,NULL,'acme',1,NULL,NULL,NULL,NULL,NULL,\
        X'7B226E223A317D',NULL);
        INSERT INTO "jobs" VALUES('01M7YXES2ZFJ7XGR3A1RSSXJ9K',1,'q','mail',5,2,NULL,0,0,7,300000000,\
        604800000000,'order-2',1,1795260114015830,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,\
        X'7B226E223A327D',NULL);
        INSERT INTO "jobs" VALUES('01M7YXES3EW3RVFQC7T3517VTX',0,'q','mail',5,3,NULL,0,0,3,300000000,\
        604800000000,NULL,0,1795260114031135,1893456000000000,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,\
        X'7B226E223A337D',NULL);
        INSERT INTO "jobs" VALUES('01M7YXES42Z3PE9P0DXDX4X7Z9',5,'q','mail',5,4,NULL,0,0,3,300000000,\
        300000000000000,NULL,0,1795260114052029,NULL,NULL,1795260114072518,2095260114072518,NULL,0,NULL,NULL,\
        NULL,'cancelled by request',NULL,X'7B226E223A347D',NULL);
        CREATE TABLE kept_keys (
          key TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE ledger (
          one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, enqueued INTEGER NOT NULL,
          started INTEGER NOT NULL, done INTEGER NOT NULL, retried INTEGER NOT NULL, failed INTEGER NOT NULL,
          reclaimed INTEGER NOT NULL
        ) STRICT;
        INSERT INTO "ledger" VALUES(1,4,4,0,0,0,0,0);
        CREATE TABLE logs (
          job TEXT NOT NULL, line INTEGER NOT NULL, at INTEGER NOT NULL, attempt INTEGER NOT NULL,
          bytes INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (job, line)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE progress (
          job TEXT NOT NULL PRIMARY KEY, progress BLOB, log_bytes INTEGER NOT NULL, last_line INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE queues (
          name TEXT NOT NULL PRIMARY KEY, is_paused INTEGER NOT NULL, concurrency INTEGER, rate_count INTEGER,
          rate_period INTEGER, tenant_concurrency INTEGER, tenant_rate_count INTEGER, tenant_rate_period \
        INTEGER,
          quota INTEGER
        ) STRICT, WITHOUT ROWID;
        INSERT INTO "queues" VALUES('q',0,3,NULL,NULL,NULL,NULL,NULL,NULL);
        CREATE TABLE requests (
          key TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, job TEXT NOT NULL, until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE starts (
          scope TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (scope, at)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE wishes (job TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX jobs_by_state ON jobs (state, id);
        CREATE UNIQUE INDEX jobs_by_key ON jobs (unique_key) WHERE holds_key = 1;
        CREATE INDEX jobs_ready ON jobs (queue, priority, type, sequence) WHERE state = 1 AND tenant IS NULL;
        CREATE INDEX jobs_ready_by_tenant ON jobs (queue, priority, type, tenant, sequence)
          WHERE state = 1 AND tenant IS NOT NULL;
        CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 0 AND waiting IS NULL;
        CREATE INDEX jobs_overdue ON jobs (overdue_at) WHERE state < 2 AND overdue_at IS NOT NULL;
        CREATE INDEX jobs_expiring ON jobs (state, expires_at) WHERE expires_at IS NOT NULL;
        CREATE INDEX dependencies_waiting ON dependencies (parent, sequence) WHERE waits = 1;
        CREATE INDEX batches_expiring ON batches (expires_at);
        CREATE INDEX requests_expiring ON requests (until);
        CREATE INDEX kept_keys_expiring ON kept_keys (until);
        CREATE INDEX crons_due ON crons (next) WHERE next IS NOT NULL;
        PRAGMA application_id = 1383298097;
        PRAGMA user_version = 2;
        COMMIT;
        PRAGMA journal_mode = WAL;
        """
}
