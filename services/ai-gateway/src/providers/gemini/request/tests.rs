use super::*;

fn translated(body: Value, model: &str) -> Value {
    serde_json::from_slice(&translate(body.to_string().as_bytes(), model).unwrap()).unwrap()
}

fn user(content: Value) -> Value {
    json!({"role": "user", "content": content})
}

fn called(id: &str, extra: Value) -> Value {
    let function = json!({"name": "weather", "arguments": "{\"city\":\"Paris\"}"});
    json!({"id": id, "type": "function", "function": function, "extra_content": extra})
}

#[test]
fn a_conversation_with_everything_is_translated() {
    let parameters =
        json!({"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": false});
    let tool =
        json!({"type": "function", "function": {"name": "weather", "description": "d", "parameters": parameters}});
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}});
    let out = translated(
        json!({
            "model": "x", "stop": "END", "temperature": 1.7, "top_p": 0.5, "top_k": 3, "max_completion_tokens": 9, "seed": 7,
            "presence_penalty": 0.1, "frequency_penalty": 0.2, "tools": [tool], "tool_choice": {"function": {"name": "weather"}},
            "response_format": {"type": "json_object"}, "user": "unknown fields are fine",
            "messages": [
                {"role": "system", "content": "Be brief."}, {"role": "developer", "content": [{"type": "text", "text": "Really."}]},
                user(json!("Hello")), user(json!([{"type": "text", "text": "Look"}, image])),
                {"role": "assistant", "content": null, "tool_calls": [called("c1", Value::Null)]},
                {"role": "tool", "tool_call_id": "c1", "content": "sunny"}, user(json!("So?")),
            ],
        }),
        "gemini-2.5-flash",
    );
    let call = json!({"functionCall": {"name": "weather", "args": {"city": "Paris"}}});
    let expected = json!({
        "systemInstruction": {"parts": [{"text": "Be brief.\n\nReally."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Hello"}, {"text": "Look"}, {"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]},
            {"role": "model", "parts": [call]},
            {"role": "user", "parts": [{"functionResponse": {"name": "weather", "response": {"result": "sunny"}}}, {"text": "So?"}]},
        ],
        "tools": [{"functionDeclarations": [{
            "name": "weather", "description": "d", "parameters": {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}},
        }]}],
        "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}},
        "generationConfig": {
            "maxOutputTokens": 9, "temperature": 1.7, "topP": 0.5, "topK": 3, "seed": 7, "presencePenalty": 0.1, "frequencyPenalty": 0.2,
            "stopSequences": ["END"], "responseMimeType": "application/json",
        },
    });
    assert_eq!(out, expected);
}

#[test]
fn a_schema_travels_in_geminis_words_or_as_it_is() {
    let asked = |schema: Value| {
        let format = json!({"type": "json_schema", "json_schema": {"name": "a", "schema": schema}});
        let body = json!({"messages": [user(json!("a"))], "response_format": format});
        translated(body, "gemini-2.5-flash")["generationConfig"].clone()
    };
    let plain = asked(json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    assert_eq!(plain["responseSchema"]["properties"]["a"], json!({"type": "STRING"}));
    let recursive = json!({"$ref": "#/$defs/a", "$defs": {"a": {"type": "array", "items": {"$ref": "#/$defs/a"}}}});
    let other = asked(recursive.clone());
    assert_eq!(
        (&other["responseJsonSchema"], &other["responseMimeType"]),
        (&recursive, &json!("application/json"))
    );
    assert!(other.get("responseSchema").is_none());
}

#[test]
fn calls_carry_the_signature_that_came_with_them_or_the_word_for_none() {
    let parts = |extra: [Value; 2], model: &str| {
        let [one, two] = extra;
        let calls = json!([called("c1", one), called("c2", two)]);
        let answer = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "{\"a\":1}"});
        let messages =
            json!([user(json!("a")), {"role": "assistant", "tool_calls": calls}, answer("c1"), answer("c2")]);
        let out = translated(json!({ "messages": messages }), model);
        assert_eq!(
            out["contents"][2]["parts"][1]["functionResponse"]["response"],
            json!({"a": 1})
        );
        let parts = out["contents"][1]["parts"].clone();
        [0, 1].map(|at| parts[at].get("thoughtSignature").cloned().unwrap_or_default())
    };
    let signed = json!({"google": {"thought_signature": "sig+/="}});
    let none = || [Value::Null, Value::Null];
    assert_eq!(
        parts([signed, Value::Null], "gemini-3-pro"),
        [json!("sig+/="), Value::Null]
    );
    assert_eq!(parts(none(), "gemini-3.1-flash"), [json!(NO_SIGNATURE), Value::Null]);
    assert_eq!(parts(none(), "gemini-2.5-pro"), none());
}

#[test]
fn what_would_lose_its_meaning_is_refused() {
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    let url = json!([{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]);
    let audio = json!([{"type": "input_audio", "input_audio": {}}]);
    let list = json!([{"id": "c", "function": {"name": "f", "arguments": "[1]"}}]);
    for (body, field) in [
        (json!({"messages": [user(json!("a"))], "n": 2}), "n"),
        (json!({"messages": [user(json!("a"))], "logprobs": true}), "logprobs"),
        (json!({"messages": [user(url)]}), "messages"),
        (json!({"messages": [user(audio)]}), "messages"),
        (
            json!({"messages": [{"role": "tool", "tool_call_id": "c9", "content": "a"}]}),
            "messages",
        ),
        (
            json!({"messages": [{"role": "assistant", "tool_calls": list}]}),
            "messages",
        ),
        (
            json!({"messages": [user(json!("a"))], "tools": tool, "parallel_tool_calls": false}),
            "parallel_tool_calls",
        ),
        (
            json!({"messages": [user(json!("a"))], "response_format": {"type": "grammar"}}),
            "response_format",
        ),
        (
            json!({"messages": [user(json!("a"))], "tools": tool, "tool_choice": "perhaps"}),
            "tool_choice",
        ),
    ] {
        let fault = kernel::Fault::from(translate(body.to_string().as_bytes(), "gemini").unwrap_err());
        assert_eq!(
            (fault.kind.status(), fault.fields[0].field.as_str()),
            (422, field),
            "{body}"
        );
    }
}

#[test]
fn a_function_without_arguments_has_no_schema_and_a_conversation_begins_with_a_user() {
    let tools = json!([
        {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}},
        {"type": "function", "function": {"name": "g", "parameters": {"type": "object"}}},
    ]);
    let out = translated(
        json!({"messages": [{"role": "assistant", "content": "Hi."}], "tools": tools}),
        "gemini-2.5-flash",
    );
    assert_eq!(
        out["tools"][0]["functionDeclarations"],
        json!([{"name": "f"}, {"name": "g"}])
    );
    assert_eq!(
        out["contents"][0],
        json!({"role": "user", "parts": [{"text": OPENING}]})
    );
}
