-- Prolongs the lease KEYS[1]. ARGV: 1 fence, 2 TTL in ms, 3 how long the fence is remembered, in ms.
-- Answers 1, or 0 when it is not held under this fence.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'fence', 'ends')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now then
  return 0
end
local ends = now + ARGV[2]
redis.call('HSET', KEYS[1], 'ends', string.format('%.0f', ends))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', ends + ARGV[3]))
return 1
