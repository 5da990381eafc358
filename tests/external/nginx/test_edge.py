"""A real NGINX with infra/nginx in front of the product: routing, sockets, streams, bodies, TLS.

Owns what a client may rely on behind it. The product is one process or a cluster of processes: the tests do not know.
"""

import http.client
import json
import os
import re
import ssl
import time
import urllib.parse
import uuid

import pytest
import websocket

from edge import CONFIGURATION, Edge, program

DOOR = urllib.parse.urlsplit(os.environ["AICHAT_URL"]).netloc
TOKEN = os.environ["AICHAT_TOKEN"]
KEY = os.environ["AICHAT_KEY"]
ROOT = CONFIGURATION.parents[1]
PATIENCE_SECONDS = 20

if not program():
    pytest.skip("there is no nginx here", allow_module_level=True)


@pytest.fixture(scope="module")
def edge():
    with Edge(DOOR) as edge:
        yield edge


def ask(base: str, method: str, path: str, body=None, headers=None, token=TOKEN, trust=None):
    """Sends one request; returns status, headers and body."""
    at = urllib.parse.urlsplit(base)
    connection = (
        http.client.HTTPSConnection(at.netloc, timeout=60, context=ssl.create_default_context(cafile=trust))
        if at.scheme == "https"
        else http.client.HTTPConnection(at.netloc, timeout=60)
    )
    headers = dict(headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    if isinstance(body, dict):
        body, headers["Content-Type"] = json.dumps(body), "application/json"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def room(base: str) -> str:
    """Makes a room of one's own."""
    status, _, body = ask(base, "POST", "/api/chat/rooms", {"kind": "group", "title": "Behind NGINX", "memberIds": []})
    assert status == 201, body
    return json.loads(body)["id"]


def say(base: str, room: str, text: str) -> dict:
    """Sends a message."""
    status, _, body = ask(base, "POST", f"/api/chat/rooms/{room}/messages", {"clientId": str(uuid.uuid4()), "text": text})
    assert status == 201, body
    return json.loads(body)


# --- routing --------------------------------------------------------------------------------------------------------


def prefixes() -> list[str]:
    """Reads every public path of the product."""
    return re.findall(r'route\("([^"]+)", "[\w-]+"\)', (ROOT / "services/api-gateway/src/table.rs").read_text())


@pytest.mark.parametrize("path", ["/", "/api/docs", "/api/openapi.json", "/no-such-page", *prefixes()])
def test_every_path_is_answered_as_by_the_door_itself(edge, path):
    direct, through = (ask(base, "GET", path, token=None) for base in (os.environ["AICHAT_URL"], edge.url))
    assert through[0] == direct[0]
    for header in ("content-type", "content-security-policy", "x-content-type-options", "cache-control", "www-authenticate"):
        assert through[1].get(header) == direct[1].get(header), header
    assert through[1].get("x-request-id")


def reserved() -> list[str]:
    """Reads which paths are each process's own."""
    text = (ROOT / "services/api-gateway/src/table.rs").read_text()
    return re.findall(r'"([^"]+)"', re.search(r"const RESERVED: &\[&str\] = &\[(.*?)\];", text, re.S)[1])


@pytest.mark.parametrize("path", [*reserved(), "/internal/auth/keys"])
def test_what_is_each_processes_own_is_kept_from_the_public(edge, path):
    for tried in (path, f"{path}?x=1", path.replace("/", "//", 1)):
        status, headers, body = ask(edge.url, "GET", tried, token=None)
        assert status == 404 and b"# TYPE" not in body and b"ready" not in body, tried
    # The door itself has them, so that it is NGINX who keeps them.
    if path == "/metrics":
        assert ask(os.environ["AICHAT_URL"], "GET", path, token=None)[0] == 200


def test_nginx_does_not_say_who_it_is_in_detail(edge):
    assert ask(edge.url, "GET", "/metrics", token=None)[1].get("server") == "nginx"


def test_the_hosts_name_and_the_requests_id_reach_the_product(edge):
    status, headers, body = ask(edge.url, "GET", "/api/no-such-thing", headers={"X-Request-Id": "edge-1"})
    assert (status, headers["x-request-id"], json.loads(body)["requestId"]) == (404, "edge-1", "edge-1")


# --- sockets and streams --------------------------------------------------------------------------------------------


def heard(socket, wanted) -> dict:
    """Reads frames until one is wanted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        frame = json.loads(socket.recv())
        for one in frame.get("ev", [frame]) if frame.get("op") == "batch" else [frame]:
            if wanted(one):
                return one
    raise AssertionError("not heard in time")


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_a_socket_hears_what_is_said(edge, scheme):
    base = edge.url if scheme == "ws" else edge.tls_url
    socket = websocket.create_connection(f"{base.replace('http', 'ws', 1)}/realtime", timeout=PATIENCE_SECONDS, sslopt={"ca_certs": str(edge.certificate)})
    try:
        socket.send(json.dumps({"op": "auth", "token": TOKEN}))
        heard(socket, lambda frame: frame.get("op") == "ready")
        at = room(edge.url)
        socket.send(json.dumps({"op": "sub", "id": "1", "rooms": [{"r": at, "o": 0}]}))
        heard(socket, lambda frame: frame.get("op") == "subbed")
        message = say(edge.url, at, "hello")
        assert heard(socket, lambda frame: frame.get("t") == "message.sent")["d"]["id"] == message["id"]
    finally:
        socket.close()


def read_to(answer, wanted: bytes) -> None:
    """Reads lines until one has what is wanted."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while wanted not in answer.readline():
        assert time.monotonic() < deadline, wanted


def test_a_stream_of_events_is_not_held_back(edge):
    at = room(edge.url)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(edge.url).netloc, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", f"/realtime/sse?rooms={at}", headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
        # Each line comes before anything else is said: nobody waits for a full buffer. The room is followed from `subbed` on.
        read_to(answer, b'"subbed"')
        message = say(edge.url, at, "into the stream")
        read_to(answer, message["id"].encode())
    finally:
        connection.close()


def test_a_models_words_come_one_by_one(edge):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(edge.url).netloc, timeout=PATIENCE_SECONDS)
    try:
        wish = {"model": "demo/scripted", "stream": True, "messages": [{"role": "user", "content": "Tell me about the sea, at length."}]}
        connection.request("POST", "/v1/chat/completions", json.dumps(wish), {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200
        times = []
        while line := answer.readline():
            if line.startswith(b"data:"):
                times.append(time.monotonic())
        assert len(times) > 3 and times[-1] - times[0] > 0.01
    finally:
        connection.close()


# --- bodies ---------------------------------------------------------------------------------------------------------


def test_a_body_over_the_bound_is_refused(edge):
    status, _, _ = ask(edge.url, "POST", "/api/chat/rooms", b"x" * (3 << 20), {"Content-Type": "application/json"})
    assert status == 413


def film(size: int) -> bytes:
    """Makes bytes that pass for an MP4 by their beginning."""
    return b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + os.urandom(size - 24)


def test_a_file_of_many_megabytes_comes_and_goes(edge):
    content = film(12 << 20)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(content))}
    status, answer, body = ask(edge.url, "POST", "/api/media/tus", headers=headers)
    assert status == 201, body
    at = urllib.parse.urlsplit(answer["location"])
    assert not at.netloc or at.netloc == urllib.parse.urlsplit(edge.url).netloc
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    status, answer, body = ask(edge.url, "PATCH", at.path, content, headers)
    assert (status, answer["upload-offset"]) == (204, str(len(content))), body
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        asset = json.loads(ask(edge.url, "GET", f"/api/media/{at.path.rpartition('/')[2]}")[2])
        if asset["status"] == "ready":
            break
        assert time.monotonic() < deadline, asset
        time.sleep(0.05)
    url = asset["variants"][0]["url"]
    assert ask(edge.url, "GET", url, token=None)[2] == content
    status, answer, body = ask(edge.url, "GET", url, headers={"Range": "bytes=100-199"}, token=None)
    assert (status, body) == (206, content[100:200])


# --- TLS ------------------------------------------------------------------------------------------------------------


def test_https_answers_the_same_with_a_certificate(edge):
    plain, sealed = (ask(base, "GET", "/api/users/me", trust=edge.certificate) for base in (edge.url, edge.tls_url))
    assert sealed[0] == plain[0] == 200 and json.loads(sealed[2]) == json.loads(plain[2])
    assert "max-age" in sealed[1]["strict-transport-security"] and "strict-transport-security" not in plain[1]


@pytest.mark.filterwarnings("ignore:.*TLSv1_1 is deprecated")
def test_old_tls_is_refused(edge):
    context = ssl.create_default_context(cafile=str(edge.certificate))
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    connection = http.client.HTTPSConnection(urllib.parse.urlsplit(edge.tls_url).netloc, timeout=10, context=context)
    with pytest.raises(ssl.SSLError):
        connection.request("GET", "/")
