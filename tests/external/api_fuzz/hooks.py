"""Signs schemathesis in.

Owns which token a request carries; refuses to know what the request is. Operations that end sessions get a session of
a second account each time, otherwise everything after them would be a 401 and prove nothing.
"""

import os

import requests
import schemathesis

URL = os.environ["AICHAT_URL"]
ENDS_SESSIONS = {
    ("POST", "/api/auth/signout"),
    ("DELETE", "/api/auth/sessions"),
    ("DELETE", "/api/auth/sessions/{id}"),
}
LEAVER = {"login": "leaver", "password": "external-tests-1"}


def leavers_token() -> str:
    """Signs the second account in; signs it up when it does not exist yet."""
    answer = requests.post(f"{URL}/api/auth/signin", json=LEAVER, timeout=30)
    if answer.status_code == 401:
        person = {"email": "leaver@example.com", "handle": "leaver", "displayName": "Leaver", "password": LEAVER["password"]}
        answer = requests.post(f"{URL}/api/auth/signup", json=person, timeout=30)
    answer.raise_for_status()
    return answer.json()["accessToken"]


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, ctx):
        ends = (ctx.operation.method.upper(), ctx.operation.path) in ENDS_SESSIONS
        return leavers_token() if ends else os.environ["AICHAT_TOKEN"]

    def set(self, case, data, ctx):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.serializer("application/offset+octet-stream")
def part_of_a_file(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode()
