-- A chat of 1 KB in OpenAI's dialect, for wrk. Arguments after `--`: the key, the model, then `whole` or `stream`.

function init(arguments)
  local head = '{"model":"' .. arguments[2] .. '","max_completion_tokens":64,'
  if arguments[3] == "stream" then
    head = head .. '"stream":true,'
  end
  head = head .. '"messages":[{"role":"user","content":"'
  local tail = '"}]}'
  local body = head .. string.rep("x", 1024 - #head - #tail) .. tail
  local headers = {
    ["authorization"] = "Bearer " .. arguments[1],
    ["content-type"] = "application/json",
  }
  call = wrk.format("POST", "/v1/chat/completions", headers, body)
end

function request()
  return call
end
