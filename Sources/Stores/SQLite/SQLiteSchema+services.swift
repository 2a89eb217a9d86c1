extension SQLiteSchema {
    /// What a cluster shares beside its jobs.
    ///
    /// - `documents`: small named things, by collection. Bodies may be long, so the rows lie apart from their index.
    /// - `log_entries`: bounded logs; positions of one log follow each other without gaps, so trimming needs no count.
    /// - `meters`: the window each meter is in; a row whose window is over goes when a new one comes.
    /// - `feed`: ends of jobs, oldest first, for whoever wants them all; only while `feeding` has its row.
    /// - `job_terms`: the search index: every word a job is found by.
    static let services = """
        CREATE TABLE job_terms (term TEXT NOT NULL, job TEXT NOT NULL, PRIMARY KEY (term, job)) STRICT, WITHOUT ROWID;
        ALTER TABLE job_extras ADD COLUMN terms TEXT;
        ALTER TABLE queues ADD COLUMN is_searchable INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE crons ADD COLUMN terms TEXT;
        CREATE TABLE documents (
          collection TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY (collection, name)
        ) STRICT;
        CREATE TABLE log_entries (
          log TEXT NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
          PRIMARY KEY (log, position)
        ) STRICT;
        CREATE TABLE meters (
          name TEXT NOT NULL, period INTEGER NOT NULL, start INTEGER NOT NULL, used INTEGER NOT NULL,
          ends INTEGER NOT NULL, PRIMARY KEY (name, period)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX meters_ending ON meters (ends);
        CREATE TABLE feed (number INTEGER PRIMARY KEY, job TEXT NOT NULL, state INTEGER NOT NULL) STRICT;
        CREATE TABLE feeding (one INTEGER PRIMARY KEY CHECK (one = 1)) STRICT;
        """

    /// Brings a file of layout 2 up to this one, all or nothing.
    static let migrationFrom2 = """
        BEGIN IMMEDIATE;
        \(services)
        PRAGMA user_version = 3;
        COMMIT;
        """
}
