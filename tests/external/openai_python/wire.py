"""How the suites reach the gateway: owns addresses, keys and the shortest conversation. Refuses to know any test."""

import json
import os
import urllib.request

import openai

MODEL = "demo/scripted"
BASE_URL = os.environ["AICHAT_URL"] + "/v1"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def client_with(key: str) -> openai.OpenAI:
    """Makes a client that tries once."""
    return openai.OpenAI(base_url=BASE_URL, api_key=key, max_retries=0, timeout=30)


def said(text: str) -> list[dict]:
    """Makes a conversation of one message."""
    return [{"role": "user", "content": text}]


def endless_streams() -> dict:
    """Asks the model server how many endless streams began, and how many were left."""
    with urllib.request.urlopen(os.environ["AICHAT_MODEL_URL"] + "/streams", timeout=10) as answer:
        return json.load(answer)
