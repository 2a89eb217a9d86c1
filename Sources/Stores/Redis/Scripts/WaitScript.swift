import RoostRedis

/// Why a job does not run now.
///
/// KEYS[1] the namespace's base. ARGV: id. Returns nothing for a job that ended or is not there; else the state's letter,
/// then `r`: worker, end of the lease; `s`: run at or 0, how many jobs it waits for; `q`: queue, type, jobs before it (at
/// most 1000), and then a list for each of what keeps it: `p` queue (paused), `c` queue, tenant or ``, limit (concurrency),
/// `t` queue, tenant or ``, when there is room again (rate).
enum WaitScript {
    static let script = ScriptPrelude.script(
        "wait", with: [StreamScript.functions, ScriptPrelude.waits],
        """
        local id = ARGV[1]
        local h, s = header(id), state(id)
        if not h or not s or is_over(s) then return {} end
        return waits_of(id, h, s)
        """)
}
