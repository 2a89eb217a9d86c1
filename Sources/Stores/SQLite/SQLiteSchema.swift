/// How the file is laid out, and how it is recognised.
enum SQLiteSchema {
    /// `Rst1` in ASCII: says in the file's header whose it is.
    static let applicationID: Int64 = 0x5273_7431
    /// Grows with every change of the layout. Files of earlier layouts are brought up to it when they are opened.
    static let version: Int64 = 3
    /// Payloads up to this many bytes lie in the job's row. Longer ones lie apart, because claim and settle rewrite the
    /// row; and a row that stays below a quarter of a page needs no overflow page.
    static let inlineBytes = 512

    /// Makes the tables of an empty file, all or nothing.
    ///
    /// - `jobs`: one row a job, clustered by id. Ids ascend, so rows that are written together lie together.
    /// - `sequence`: a job's place in line, given each time it is queued.
    /// - `holds_key`: 1 in the row that took its unique key last.
    /// - `token`: the newest ticket; NULL once a claim was taken back, so that its ticket fits nothing any more.
    /// - `flags`: what else is kept about the job, see `JobFlags`; a job without features costs one row.
    /// - `waiting`: jobs, or the batch, it waits for; NULL when it does not.
    /// - `overdue_at`: when its time is over unless it started (or ended) by then.
    /// - `bodies`: long payloads, written once.
    /// - `ledger`: the newest sequence number or token and the sums, one row.
    static let creation = """
        BEGIN IMMEDIATE;
        CREATE TABLE jobs (
          id TEXT NOT NULL PRIMARY KEY, state INTEGER NOT NULL, queue TEXT NOT NULL, type TEXT NOT NULL,
          priority INTEGER NOT NULL, sequence INTEGER NOT NULL, token INTEGER,
          attempt INTEGER NOT NULL, crashes INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
          timeout INTEGER NOT NULL, result_ttl INTEGER NOT NULL, unique_key TEXT, holds_key INTEGER NOT NULL,
          inserted_at INTEGER NOT NULL, run_at INTEGER, started_at INTEGER, finished_at INTEGER, expires_at INTEGER,
          tenant TEXT, flags INTEGER NOT NULL DEFAULT 0, waiting INTEGER, overdue_at INTEGER,
          worker TEXT, error TEXT, body INTEGER, payload BLOB, result BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE bodies (body INTEGER PRIMARY KEY, payload BLOB NOT NULL) STRICT;
        CREATE TABLE ledger (
          one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, enqueued INTEGER NOT NULL,
          started INTEGER NOT NULL, done INTEGER NOT NULL, retried INTEGER NOT NULL, failed INTEGER NOT NULL,
          reclaimed INTEGER NOT NULL
        ) STRICT;
        INSERT INTO ledger VALUES (1, 0, 0, 0, 0, 0, 0, 0);
        CREATE INDEX jobs_by_state ON jobs (state, id);
        CREATE UNIQUE INDEX jobs_by_key ON jobs (unique_key) WHERE holds_key = 1;
        \(indices)
        \(features)
        \(services)
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        COMMIT;
        """

    /// Brings a file of layout 1 up to layout 2, all or nothing.
    static let migrationFrom1 = """
        BEGIN IMMEDIATE;
        ALTER TABLE jobs ADD COLUMN tenant TEXT;
        ALTER TABLE jobs ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN waiting INTEGER;
        ALTER TABLE jobs ADD COLUMN overdue_at INTEGER;
        DROP INDEX jobs_ready;
        DROP INDEX jobs_due;
        DROP INDEX jobs_expiring;
        \(indices)
        \(features)
        PRAGMA user_version = 2;
        COMMIT;
        """

    /// Each holds only the rows it is for, so that a job costs no entry it does not use.
    private static let indices = """
        CREATE INDEX jobs_ready ON jobs (queue, priority, type, sequence) WHERE state = 1 AND tenant IS NULL;
        CREATE INDEX jobs_ready_by_tenant ON jobs (queue, priority, type, tenant, sequence)
          WHERE state = 1 AND tenant IS NOT NULL;
        CREATE INDEX jobs_due ON jobs (run_at) WHERE state = 0 AND waiting IS NULL;
        CREATE INDEX jobs_overdue ON jobs (overdue_at) WHERE state < 2 AND overdue_at IS NOT NULL;
        CREATE INDEX jobs_expiring ON jobs (state, expires_at) WHERE expires_at IS NOT NULL;
        """
}
