-- Removes the member ARGV[1] of the sorted set KEYS[1] (score: end, ms). Answers 1 when it was there and had not ended.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[1], ARGV[1])
return ends and tonumber(ends) > now and 1 or 0
