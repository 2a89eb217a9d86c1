extension SQLiteSchema {
    /// What only jobs and queues have that use it. `IF NOT EXISTS` nowhere: a layout is whole or not there.
    ///
    /// - `job_extras`: the rare fields of a job.
    /// - `failures`, `progress`, `logs`: what is kept of its attempts.
    /// - `dependencies`: whom a job waits or waited for; `waits` is 1 until it has ended, so long its parents are kept, and
    ///   `sequence` the largest number there is once it was told of that one's end.
    /// - `ends`: jobs whose end others must be told of, oldest first: those that waited when it came, by `sequence`.
    /// - `requests`: idempotency keys. `kept_keys`: unique keys whose period outlives their job's record.
    /// - `starts`: how many jobs started when, for queues and tenants with a rate.
    /// - `wishes`: running jobs somebody wants cancelled.
    static let features = """
        CREATE TABLE job_extras (
          job TEXT NOT NULL PRIMARY KEY, retry TEXT, start_by INTEGER, deadline INTEGER, tags TEXT, trace TEXT,
          parent_rule TEXT, batch TEXT, unique_until INTEGER, attempts_before INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE failures (
          job TEXT NOT NULL, attempt INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
          worker TEXT NOT NULL, error TEXT NOT NULL, PRIMARY KEY (job, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE progress (
          job TEXT NOT NULL PRIMARY KEY, progress BLOB, log_bytes INTEGER NOT NULL, last_line INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE logs (
          job TEXT NOT NULL, line INTEGER NOT NULL, at INTEGER NOT NULL, attempt INTEGER NOT NULL,
          bytes INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (job, line)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dependencies (
          child TEXT NOT NULL, place INTEGER NOT NULL, parent TEXT NOT NULL, sequence INTEGER NOT NULL,
          waits INTEGER NOT NULL, PRIMARY KEY (child, place)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX dependencies_waiting ON dependencies (parent, sequence) WHERE waits = 1;
        CREATE TABLE ends (
          number INTEGER PRIMARY KEY, job TEXT NOT NULL, state INTEGER NOT NULL, batch TEXT
        ) STRICT;
        CREATE TABLE batches (
          id TEXT NOT NULL PRIMARY KEY, name TEXT, opened_at INTEGER NOT NULL, is_open INTEGER NOT NULL,
          total INTEGER NOT NULL, done INTEGER NOT NULL, failed INTEGER NOT NULL, cancelled INTEGER NOT NULL,
          finished_at INTEGER, on_complete TEXT, on_success TEXT, expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX batches_expiring ON batches (expires_at);
        CREATE TABLE batch_members (
          batch TEXT NOT NULL, place INTEGER NOT NULL, job TEXT NOT NULL, PRIMARY KEY (batch, place)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE requests (
          key TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, job TEXT NOT NULL, until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX requests_expiring ON requests (until);
        CREATE TABLE kept_keys (
          key TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, until INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX kept_keys_expiring ON kept_keys (until);
        CREATE TABLE queues (
          name TEXT NOT NULL PRIMARY KEY, is_paused INTEGER NOT NULL, concurrency INTEGER, rate_count INTEGER,
          rate_period INTEGER, tenant_concurrency INTEGER, tenant_rate_count INTEGER, tenant_rate_period INTEGER,
          quota INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE starts (
          scope TEXT NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (scope, at)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE wishes (job TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE crons (
          name TEXT NOT NULL PRIMARY KEY, schedule TEXT NOT NULL, time_zone TEXT NOT NULL, catch_up TEXT NOT NULL,
          is_paused INTEGER NOT NULL, next INTEGER, last INTEGER, job TEXT NOT NULL, type TEXT NOT NULL,
          queue TEXT NOT NULL, payload BLOB NOT NULL, priority INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
          timeout INTEGER NOT NULL, result_ttl INTEGER NOT NULL, start TEXT NOT NULL, unique_key TEXT,
          unique_period INTEGER, unique_conflict TEXT, request_key TEXT, request_digest TEXT, retry TEXT,
          start_by TEXT, deadline TEXT, tenant TEXT, tags TEXT, trace TEXT, parent_rule TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX crons_due ON crons (next) WHERE next IS NOT NULL;
        """
}
