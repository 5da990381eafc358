-- Answers the members of the sorted set KEYS[1] (score: end, ms) that have not ended, at most ARGV[1].
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf', 'LIMIT', 0, ARGV[1])
