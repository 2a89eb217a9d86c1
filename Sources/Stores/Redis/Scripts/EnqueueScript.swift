import RoostRedis

/// Accepts jobs.
///
/// KEYS[1] the namespace's base. ARGV, ten for each job: id, queue, type, priority, when (`` now, `+µs` from now, `@µs`
/// since 1970), `=` and the unique key or `-`, max_attempts, `timeout result_ttl` in µs, payload, and what few jobs have:
/// `letter=value` separated by spaces, with `t` tenant, `g` tags (commas between), `s` searchable fields (likewise), `w` trace, `r` retry, `x` start by and
/// `d` deadline (as `when`), `b` batch, `c` number of the call when any of its jobs has a batch, `e` 1 for the parent
/// rule `ended`, `P` parents (commas between), `u` the unique rule: `r`eject, re`p`lace or `e`xtend and the period in µs
/// if any, `i` idempotency key, `n` its digest, `H` the batch it follows and waits for.
///
/// Returns for each job `` (accepted), `=` and the id of the job that holds its key, `~` and the id of an earlier request's
/// job, `#` and the id of another request's, `F` (queue full), `B` (batch not open) or `M` (batch full).
enum EnqueueScript {
    /// Defines `enqueue_jobs(first, ignore_quota)`; for a script of the prelude and its `lanes`.
    static let functions =
        ScriptPrelude.ends + ScriptPrelude.purging + ScriptPrelude.needs + ScriptPrelude.limits + ScriptPrelude.indexing
        + ScriptPrelude.beginning + ScriptPrelude.enqueue

    static let script = ScriptPrelude.script("enqueue", functions + "return enqueue_jobs(1)").confirmed
}
