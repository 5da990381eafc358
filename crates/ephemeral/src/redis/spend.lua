-- Takes tokens from the bucket KEYS[1], a hash: tokens, at (µs). ARGV: 1 capacity, 2 refill per second, 3 cost,
-- 4 rounding that is forgiven, 5 the longest a bucket is remembered, in ms.
-- Answers 0 when they were taken, else the wait in ms, -1 for ever.
local capacity, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local level = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(level[2]) or now
local tokens = tonumber(level[1]) or capacity
-- A clock that went back refills nothing.
tokens = tokens + math.max(now - at, 0) / 1000000 * rate
tokens = math.min(math.max(tokens, 0), math.max(capacity, 0))
at = math.max(at, now)

local wait = 0
if cost <= tokens + ARGV[4] then
  tokens = math.max(tokens - cost, 0)
elseif cost > capacity then
  wait = -1
else
  wait = math.ceil((cost - tokens) / rate * 1000)
  if not (wait < 2 ^ 53) then
    wait = -1
  end
end

-- Once it is full again, there is nothing to remember.
if tokens >= capacity then
  redis.call('DEL', KEYS[1])
else
  local full_in = math.min(math.ceil((capacity - tokens) / rate * 1000), tonumber(ARGV[5]))
  redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%.0f', at))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(full_in, 1)))
end
return wait
