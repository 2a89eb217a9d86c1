#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast macro, which Swift cannot import: "copy the bytes before you return".
static inline sqlite3_destructor_type roost_sqlite_transient(void) { return SQLITE_TRANSIENT; }

// `sqlite3_config` has variable arguments, which Swift cannot call: no books about the memory in use, which nobody reads
// and which cost a process-wide lock at every allocation. Refused, with no harm, once a file was opened.
static inline int roost_sqlite_no_memory_status(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
