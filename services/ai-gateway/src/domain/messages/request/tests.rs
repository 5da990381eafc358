use super::*;

fn translated(body: Value) -> Value {
    serde_json::from_slice(&translate(body.to_string().as_bytes(), "m", "max_tokens", true).unwrap()).unwrap()
}

#[test]
fn a_conversation_with_everything_is_translated() {
    let image = json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}});
    let out = translated(json!({
        "model": "x", "max_tokens": 9, "stream": true, "temperature": 0.5, "top_p": 0.9, "top_k": 4, "stop_sequences": ["END"],
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "thinking": {"type": "enabled", "budget_tokens": 1024}, "metadata": {"user_id": "u"},
        "tools": [{"name": "weather", "description": "d", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
        "messages": [
            {"role": "user", "content": "Hello"}, {"role": "user", "content": [{"type": "text", "text": "Look"}, image.clone()]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "hm", "signature": "s"}, {"type": "text", "text": "Wait."},
                {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Paris"}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": "sunny"}, image], "is_error": true},
                {"type": "text", "text": "So?"}]},
        ],
    }));
    let url = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    let call =
        json!({"id": "t1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Paris\"}"}});
    let expected = json!({
        "model": "m", "max_tokens": 9, "stream": true, "stream_options": {"include_usage": true},
        "temperature": 0.5, "top_p": 0.9, "top_k": 4, "stop": ["END"],
        "tools": [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}}}],
        "tool_choice": "required", "parallel_tool_calls": false,
        "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"},
            {"role": "user", "content": [{"type": "text", "text": "Look"}, url.clone()]},
            {"role": "assistant", "content": "Wait.", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "t1", "content": "Error: sunny"},
            {"role": "user", "content": [url, {"type": "text", "text": "So?"}]},
        ],
    });
    assert_eq!(out, expected);
}

#[test]
fn a_structured_answer_is_asked_for_under_either_name() {
    let schema = json!({"type": "object"});
    let format = json!({"type": "json_schema", "schema": schema});
    for (name, value) in [
        ("output_format", format.clone()),
        ("output_config", json!({"format": format})),
    ] {
        let mut body = json!({"max_tokens": 1, "messages": [{"role": "user", "content": "a"}]});
        body[name] = value;
        let asked = &translated(body)["response_format"];
        assert_eq!(
            (&asked["type"], &asked["json_schema"]["schema"]),
            (&json!("json_schema"), &schema)
        );
    }
}

#[test]
fn what_would_lose_its_meaning_is_refused() {
    let base = json!({"max_tokens": 1, "messages": [{"role": "user", "content": "a"}]});
    let document =
        json!([{"role": "user", "content": [{"type": "document", "source": {"type": "text", "data": "x"}}]}]);
    let file = json!([{"role": "user", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]}]);
    for (name, value, field) in [
        ("messages", document, "messages"),
        ("messages", file, "messages"),
        (
            "messages",
            json!([{"role": "wizard", "content": "a"}]),
            "messages[0].role",
        ),
        (
            "tools",
            json!([{"type": "web_search_20250305", "name": "web_search"}]),
            "tools",
        ),
        ("mcp_servers", json!([{"url": "x"}]), "mcp_servers"),
        ("container", json!("c"), "container"),
        ("output_format", json!({"type": "xml"}), "output_config"),
    ] {
        let mut body = base.clone();
        body[name] = value;
        let error = translate(body.to_string().as_bytes(), "m", "max_tokens", true).unwrap_err();
        let fault = kernel::Fault::from(error);
        assert_eq!(
            (fault.kind.status(), fault.fields[0].field.as_str()),
            (422, field),
            "{body}"
        );
    }
    let without = json!({"messages": [{"role": "user", "content": "a"}]});
    let fault = kernel::Fault::from(translate(without.to_string().as_bytes(), "m", "max_tokens", true).unwrap_err());
    assert_eq!(fault.fields[0].field, "max_tokens");
}

#[test]
fn the_estimate_counts_instructions_and_tools_as_well() {
    let of = |mut body: Value| {
        body["model"] = json!("m");
        let outline = crate::domain::outline::ChatOutline::read(body.to_string().as_bytes());
        outline.unwrap().prompt_estimate
    };
    let plain = of(json!({"messages": [{"role": "user", "content": "hello"}]}));
    let more = of(
        json!({"messages": [{"role": "user", "content": "hello"}], "system": "Be brief.", "tools": [{"name": "f"}]}),
    );
    assert!(plain > 0 && more > plain, "{plain} {more}");
}

#[test]
fn a_provider_that_knows_no_top_k_is_not_told_one() {
    let body = json!({"max_tokens": 1, "top_k": 5, "messages": [{"role": "user", "content": "a"}]}).to_string();
    let of = |takes| {
        let bytes = translate(body.as_bytes(), "m", "max_tokens", takes).unwrap();
        serde_json::from_slice::<Value>(&bytes).unwrap()["top_k"].clone()
    };
    assert_eq!((of(true), of(false)), (json!(5), Value::Null));
}
