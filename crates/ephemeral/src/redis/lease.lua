-- Takes the lease KEYS[1], a hash: fence (the last one given), ends (ms). ARGV: 1 TTL in ms, 2 how long the last fence
-- is remembered after the end, in ms. Answers the new fence as text, or nothing while somebody holds it.
-- A fence is the clock in microseconds, and more than the one before: it grows over a flush, and over a clock set back.
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local held = redis.call('HMGET', KEYS[1], 'fence', 'ends')
if held[2] and tonumber(held[2]) > now then
  return false
end
local fence = string.format('%.0f', math.max(micros, (tonumber(held[1]) or 0) + 1))
local ends = now + ARGV[1]
redis.call('HSET', KEYS[1], 'fence', fence, 'ends', string.format('%.0f', ends))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', ends + ARGV[2]))
return fence
