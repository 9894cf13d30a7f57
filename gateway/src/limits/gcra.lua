-- Counts one request by the generic cell rate algorithm, on the server's own clock.
-- KEYS[1]: the key. ARGV: microseconds for one request, requests at once.
-- Returns { allowed 0 or 1, requests that could follow at once, microseconds to wait }.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local full = interval * tonumber(ARGV[2])
local due = tonumber(redis.call('GET', KEYS[1]) or now) or now
-- A clock that was set back must not lock anybody out.
due = math.min(math.max(due, now), now + full)
local next_due = due + interval
local wait = next_due - full - now
if wait > 0 then
  return { 0, 0, wait }
end
redis.call('SET', KEYS[1], string.format('%.0f', next_due), 'PX', math.ceil((next_due - now) / 1000))
return { 1, math.floor((full - (next_due - now)) / interval), 0 }
