-- Claims due timers of the sorted set KEYS[1] (score: due, ms). ARGV: 1 how many at most, 2 lease in ms.
-- Answers their ids, the oldest first; each is due again when its lease ends.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
local again = string.format('%.0f', now + ARGV[2])
for _, id in ipairs(due) do
  redis.call('ZADD', KEYS[1], 'XX', again, id)
end
return due
