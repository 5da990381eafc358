"""An OpenAI-compatible model server for the suites: it does what the name of the asked model says.

Owns the far side of the gateway: what arrived there, and who left. Refuses to know the gateway, prompts and keys.

    echo         says the request's body, as JSON
    structured   says the smallest JSON that fits the asked response_format
    endless      streams until the caller leaves
    status-NNN   refuses with that status, in OpenAI's form

GET /streams tells {"begun": n, "left": n} of the endless ones. Only the standard library is used.
"""

import http.server
import json
import threading
import time

MODELS = ["echo", "structured", "endless", "status-400", "status-401", "status-429", "status-500"]
TICK_SECONDS = 0.02
ENDLESS_SECONDS_MAX = 60  # a stream that nobody leaves ends by itself
SAMPLES = {"string": "demo", "integer": 1, "number": 1.5, "boolean": True, "null": None}


def smallest(schema: dict) -> object:
    """Makes a value of a schema: its first choice, every property, one element."""
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {name: smallest(inner) for name, inner in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [smallest(schema["items"])]
    return SAMPLES[schema["type"]]


def completion(kind: str, model: str, choice: dict, **more: object) -> dict:
    """Builds an answer, or a piece of one."""
    return {"id": "chatcmpl-outside", "object": kind, "created": 1700000000, "model": model, "choices": [choice], **more}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.answer(200, self.server.streams)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = asked["model"]
        if model.startswith("status-"):
            status = int(model.removeprefix("status-"))
            error = {"message": f"outside says {status}", "type": "outside", "param": None, "code": "outside"}
            return self.answer(status, {"error": error}, **{"Retry-After": "7"} if status == 429 else {})
        if model == "endless":
            return self.stream_until_left(model)
        wanted = asked.get("response_format", {}).get("json_schema", {}).get("schema")
        said = json.dumps(smallest(wanted) if model == "structured" and wanted else asked)
        message = {"role": "assistant", "content": said}
        usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return self.answer(200, completion("chat.completion", model, choice, usage=usage))

    def answer(self, status: int, body: dict, **headers: str) -> None:
        """Sends JSON."""
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def stream_until_left(self, model: str) -> None:
        """Sends a piece each TICK_SECONDS until that fails."""
        self.server.count("begun")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        until = time.monotonic() + ENDLESS_SECONDS_MAX
        try:
            while time.monotonic() < until:
                delta = {"index": 0, "delta": {"role": "assistant", "content": "tick "}, "finish_reason": None}
                event = json.dumps(completion("chat.completion.chunk", model, delta))
                self.wfile.write(f"data: {event}\n\n".encode())
                time.sleep(TICK_SECONDS)
        except OSError:
            self.server.count("left")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Says nothing: the suites say what they miss."""


class ModelServer(http.server.ThreadingHTTPServer):
    """The server, on a free loopback port; use as a context manager."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.streams = {"begun": 0, "left": 0}
        self._lock = threading.Lock()

    def count(self, what: str) -> None:
        """Counts an endless stream's begin or end."""
        with self._lock:
            self.streams[what] += 1

    def __enter__(self) -> "ModelServer":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def config(self) -> str:
        """Writes the gateway's configuration: the demo first, so that it stays the default, and this server as `outside`."""
        demo = '[[ai.providers]]\nname = "demo"\ndialect = "demo"\n'
        outside = f'[[ai.providers]]\nname = "outside"\ndialect = "openai"\nbaseUrl = "{self.url}/v1"\napiKey = "sk-outside"\n'
        return f"{demo}\n{outside}models = {json.dumps(MODELS)}\n"
