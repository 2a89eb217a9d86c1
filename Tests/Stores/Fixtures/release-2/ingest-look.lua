local from = ARGV[3] == '0' and '-' or '(' .. ARGV[3]
local id = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', 1, ARGV[2])[1]
if not id then return {} end
local entry = redis.call('XRANGE', KEYS[1], id[1], id[1])[1]
if not entry then return { { id[1], {} } } end
local fields, left = {}, 4194304
for i = 1, math.min(#entry[2], 100) do
  local cut = string.sub(entry[2][i], 1, math.min(1048577, left))
  left = left - #cut
  fields[i] = cut
end
return { { id[1], fields } }