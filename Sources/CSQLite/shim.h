#pragma once
#include <sqlite3.h>

// SQLITE_TRANSIENT is a cast macro, which Swift cannot import: "copy the bytes before you return".
static inline sqlite3_destructor_type roost_sqlite_transient(void) { return SQLITE_TRANSIENT; }
