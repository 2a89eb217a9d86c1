import RoostJobs
import RoostRedis
import RoostStores
import RoostTestKit
import Testing

extension RedisCase {
    /// Brings so many jobs into the store by copying one that it accepted, on the server: many times faster than to give
    /// them one by one, and written as they would be, which a check of the store shows.
    func fill(_ state: JobState, to depth: Int, like job: NewJob) async throws {
        let there = try await store.counts()[state]
        guard there < depth else { return }
        #expect(try await store.enqueue([job]) == [.accepted(job.id)])
        var left = depth - there - 1
        while left > 0 {
            let some = min(left, 2000)
            var command = RedisCommand("EVAL", Self.copy, "1", "{roost}:", job.id.description)
            command.append(left)
            command.append(some)
            command.append("\(job.queue)|\(job.priority)|\(job.type)")
            command.append("\(job.queue) \(state == .queued ? "q" : "s")")
            #expect(try await client.send(command).int == Int64(some))
            left -= some
        }
        #expect(try await store.counts()[state] == depth)
    }

    /// KEYS[1] the base. ARGV: the job to copy, the last number, how many copies, the lane, the field of its count.
    private static let copy = #"""
        local base, id, last, n = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
        local lane, digits = base .. 'q:' .. ARGV[4], '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
        local record, state = redis.call('GET', base .. 'j:' .. id), redis.call('GET', base .. 's:' .. id)
        local due = redis.call('ZSCORE', base .. 'scheduled', id)
        local first = not due and redis.call('XREVRANGE', lane, '+', '-', 'COUNT', 1)[1][2]
        local all, scheduled = {}, {}
        local function flush()
          redis.call('ZADD', base .. 'all', unpack(all))
          if due then redis.call('ZADD', base .. 'scheduled', unpack(scheduled)) end
          all, scheduled = {}, {}
        end
        for i = last - n + 1, last do
          local text, rest = '', i
          for _ = 1, 8 do
            local digit = rest % 32
            text, rest = string.sub(digits, digit + 1, digit + 1) .. text, (rest - digit) / 32
          end
          local new = string.sub(id, 1, 18) .. text
          redis.call('SET', base .. 'j:' .. new, record)
          if state then redis.call('SET', base .. 's:' .. new, state) end
          if first then redis.call('XADD', lane, '*', first[1], new) end
          all[#all + 1] = 0
          all[#all + 1] = new
          if due then
            scheduled[#scheduled + 1] = due
            scheduled[#scheduled + 1] = new
          end
          if #all >= 1000 or i == last then flush() end
        end
        redis.call('HINCRBY', base .. 'counts', ARGV[5], n)
        redis.call('HINCRBY', base .. 'totals', 'enqueued', n)
        return n
        """#
}
