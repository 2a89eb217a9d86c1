import RoostRedis

/// What every script starts with: the clock, number formatting, the two record formats and the counters.
///
/// Every script has `watching` too: who hears of what it changes. Further parts are added by those scripts that need them: `lanes`, `ends`, `limits`, `enqueue`.
enum ScriptPrelude {
    /// The clock and names: all that a script of plain jobs needs. Each function more is made anew at each call.
    static let clock = #"""
        local base = KEYS[1]
        local GROUP = 'roost'
        local function now() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end
        local t = now()
        -- Lua numbers are doubles: microseconds fit exactly, but print as 1.7e+15 without this.
        local function num(n) return string.format('%.0f', n) end
        -- The part of a lane's key after `q:`. No name of a queue, a type or a tenant contains the bar.
        local function lane_key(queue, priority, type, tenant)
          local key = queue .. '|' .. priority .. '|' .. type
          return tenant and key .. '|' .. tenant or key
        end

        """#

    /// The record formats and the counters.
    private static let records = #"""
        -- Headers: format 2 adds a field of rare properties, `letter=value;…`, which become fields of the same letter.
        local function parse_header(blob)
          local v, queue, type, priority, max, inserted, timeout, ttl, key, rest =
            string.match(blob, '^(%d+) (%S+) (%S+) (%d+) (%d+) (%d+) (%d+) (%d+) (%S+)([^\n]*)\n')
          local h = { queue = queue, type = type, priority = priority, inserted = tonumber(inserted),
                      ttl = tonumber(ttl), key = key }
          if v == '2' then
            local rare = string.match(rest, '^ (%S+)$')
            if not rare then return nil end
            for letter, value in string.gmatch(rare, '(%a)=([^;]+)') do h[letter] = value end
          elseif v ~= '1' or rest ~= '' then
            return nil
          end
          h.tenant = h.t
          h.lane = lane_key(queue, priority, type, h.tenant)
          return h
        end
        \#(places)
        local function header(id) return parse_header(head(id)) end
        \#(terms)
        -- States: format 2 adds the attempts made before a replay. None: queued and never claimed.
        local function parse_state(s)
          if not s then
            return { st = 'q', at = 0, cr = 0, tok = '0', own = '-', sta = '0', fin = '0', run = '0', exp = '0',
                     ent = '-', before = 0 }
          end
          local v, st, at, cr, tok, own, sta, fin, run, exp, ent, rest =
            string.match(s, '^(%d+) (%a) (%d+) (%d+) (%d+) (%S+) (%d+) (%d+) (%d+) (%d+) (%S+)(.*)$')
          local before = v == '2' and string.match(rest, '^ (%d+)$') or v == '1' and rest == '' and '0'
          if not before then return nil end
          return { st = st, at = tonumber(at), cr = tonumber(cr), tok = tok, own = own, sta = sta, fin = fin,
                   run = run, exp = exp, ent = ent, before = tonumber(before) }
        end
        local function format_state(s)
          local text = s.st .. ' ' .. s.at .. ' ' .. s.cr .. ' ' .. s.tok .. ' ' .. s.own .. ' ' .. s.sta .. ' ' ..
                       s.fin .. ' ' .. s.run .. ' ' .. s.exp .. ' ' .. s.ent
          if s.before > 0 then return '2 ' .. text .. ' ' .. s.before end
          return '1 ' .. text
        end
        local function state(id) return parse_state(state_text(id)) end
        \#(writing)
        local function is_over(s) return s.exp ~= '0' and tonumber(s.exp) <= t end
        local function is_final(s) return s.st == 'd' or s.st == 'f' or s.st == 'c' end
        \#(watching)
        -- While a check counts anew, it is told of changes to jobs it has passed already: see CheckJobsScript.
        local counted, lived, recounted = {}, {}, {}
        local function add(sums, f, n, id)
          sums[f] = (sums[f] or 0) + n
          if is_observed() and passed and id <= passed then recounted[f] = (recounted[f] or 0) + n end
        end
        -- Whatever moves a job to another state or makes it or takes it away comes by here: so this is where changes and
        -- ends are seen.
        local function count(queue, letter, n, id)
          add(counted, queue .. ' ' .. letter, n, id)
          if not is_observed() then return end
          touch(id)
          if n > 0 and (letter == 'd' or letter == 'f' or letter == 'c') then ends[#ends + 1] = { id, letter } end
        end
        -- Running jobs of a tenant; of jobs that have none nothing is kept.
        local function count_live(queue, tenant, n, id)
          if tenant then add(lived, queue .. '|' .. tenant, n, id) end
        end
        local function write_counts()
          for f, n in pairs(counted) do if n ~= 0 then redis.call('HINCRBY', base .. 'counts', f, n) end end
          for f, n in pairs(lived) do
            if n ~= 0 and redis.call('HINCRBY', base .. 'live', f, n) <= 0 then redis.call('HDEL', base .. 'live', f) end
          end
          for f, n in pairs(recounted) do if n ~= 0 then redis.call('HINCRBY', base .. 'recount', f, n) end end
          counted, lived, recounted = {}, {}, {}
          write_changes()
        end
        local function total(name, n) if n > 0 then redis.call('HINCRBY', base .. 'totals', name, n) end end

        """#

    /// A script of the prelude, some of its parts and a body.
    ///
    /// - Parameter first: what comes before all but the clock, and may end the script before the rest of it is made.
    static func script(
        _ name: String, first: String = "", with parts: [String] = [lanes], _ body: String
    ) -> RedisScript {
        RedisScript(name: name, source: clock + first + records + parts.joined() + body)
    }

    /// A script of the clock alone, some parts that need no more, and a body.
    static func lean(_ name: String, with parts: [String] = [], _ body: String) -> RedisScript {
        RedisScript(name: name, source: clock + parts.joined() + body)
    }
}
