/// What the scripts of a check have in common.
enum CheckScript {
    /// ARGV[1] is 1 to repair. Findings are pairs: a kind and what it is about.
    static let functions = #"""
        local repair, found = ARGV[1] == '1', {}
        local function find(kind, what)
          found[#found + 1] = kind
          found[#found + 1] = what
        end

        """#
}
