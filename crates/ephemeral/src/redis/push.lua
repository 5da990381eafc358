-- Appends ARGV[1] to the list KEYS[1]. ARGV: 2 TTL in ms of the whole list, 3 how many entries are kept, the newest.
-- Answers how many there are.
local length = redis.call('RPUSH', KEYS[1], ARGV[1])
local kept = tonumber(ARGV[3])
if length > kept then
  redis.call('LTRIM', KEYS[1], -kept, -1)
  length = kept
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return length
