-- Ends the lease KEYS[1] when it is held under the fence ARGV[1]. The fence stays remembered.
if redis.call('HGET', KEYS[1], 'fence') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'ends', '0')
end
return 1
