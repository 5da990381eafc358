-- Adds to the counter KEYS[1]. ARGV: 1 what to add, 2 TTL in ms of a counter that begins.
-- Answers the sum as text, since a number of Lua loses digits above 2^53. A sum stops at the ends of 64 bits.
redis.call('SET', KEYS[1], '0', 'PX', ARGV[2], 'NX')
local sum = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(sum) == 'table' then
  if not string.find(sum.err, 'overflow', 1, true) then
    return redis.error_reply('NOTACOUNTER a value was set here')
  end
  local last = string.sub(ARGV[1], 1, 1) == '-' and '-9223372036854775808' or '9223372036854775807'
  redis.call('SET', KEYS[1], last, 'KEEPTTL')
end
return redis.call('GET', KEYS[1])
