use super::*;

fn translated(body: Value) -> Value {
    serde_json::from_slice(&translate(body.to_string().as_bytes(), "claude").unwrap()).unwrap()
}

#[test]
fn a_conversation_with_everything_is_translated() {
    let tool = json!({"type": "function", "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}}});
    let call =
        json!({"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Paris\"}"}});
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    let out = translated(json!({
        "model": "x", "stop": "END", "temperature": 1.7, "max_tokens": 9, "tools": [tool], "tool_choice": "required",
        "parallel_tool_calls": false, "user": "unknown fields are fine",
        "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "developer", "content": [{"type": "text", "text": "Really."}]},
            {"role": "user", "content": "Hello"}, {"role": "user", "content": [{"type": "text", "text": "Look"}, image]},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "sunny"}, {"role": "user", "content": "So?"},
        ],
    }));
    let expected = json!({
        "model": "claude", "max_tokens": 9, "system": "Be brief.\n\nReally.", "temperature": 1.0, "stop_sequences": ["END"], "stream": true,
        "tools": [{"name": "weather", "description": "d", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "Hello"}, {"type": "text", "text": "Look"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Paris"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "sunny"}, {"type": "text", "text": "So?"}]},
        ],
    });
    assert_eq!(out, expected);
}

#[test]
fn a_conversation_begins_with_a_user_and_has_a_limit() {
    let out = translated(json!({"messages": [{"role": "assistant", "content": "Hi. "}]}));
    assert_eq!(
        out["messages"][0],
        json!({"role": "user", "content": [{"type": "text", "text": OPENING}]})
    );
    assert_eq!(out["messages"][1]["content"][0]["text"], "Hi.");
    assert_eq!(out["max_tokens"], MAX_TOKENS_DEFAULT);
}

#[test]
fn what_would_lose_its_meaning_is_refused() {
    let audio = json!([{"type": "input_audio", "input_audio": {}}]);
    for (body, field) in [
        (json!({"messages": [{"role": "user", "content": "a"}], "n": 2}), "n"),
        (
            json!({"messages": [{"role": "user", "content": "a"}], "response_format": {"type": "json_object"}}),
            "response_format",
        ),
        (json!({"messages": [{"role": "user", "content": audio}]}), "messages"),
        (json!({"messages": [{"role": "tool", "content": "a"}]}), "messages"),
        (
            json!({"messages": [{"role": "wizard", "content": "a"}]}),
            "messages[0].role",
        ),
    ] {
        let fault = kernel::Fault::from(translate(body.to_string().as_bytes(), "m").unwrap_err());
        assert_eq!(
            (fault.kind.status(), fault.fields[0].field.as_str()),
            (422, field),
            "{body}"
        );
    }
}

#[test]
fn of_temperature_and_top_p_one_is_said() {
    let of = |more: &str| {
        let body = format!(r#"{{"messages":[{{"role":"user","content":"a"}}],"top_p":0.5{more}}}"#);
        let out: Value = serde_json::from_slice(&translate(body.as_bytes(), "m").unwrap()).unwrap();
        (out["temperature"].clone(), out["top_p"].clone())
    };
    assert_eq!(of(""), (Value::Null, json!(0.5)));
    assert_eq!(of(r#","temperature":0.2"#), (json!(0.2), Value::Null));
}
