"""The tus project's own Python client against /api/media/tus, unchanged.

Owns what a user of that client may rely on; refuses to know how the server keeps bytes.
"""

import io
import json
import os
import time
import urllib.request

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

URL = os.environ["AICHAT_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['AICHAT_TOKEN']}"}
PATIENCE_SECONDS = 30


def film(size: int) -> bytes:
    """Makes bytes that pass for an MP4 by their beginning."""
    return b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + os.urandom(size - 24)


@pytest.fixture
def client() -> TusClient:
    return TusClient(f"{URL}/api/media/tus", headers=dict(HEADERS))


def uploader(client: TusClient, content: bytes, **options):
    metadata = {"filename": "film.mp4", "alt": "A film"}
    return client.uploader(file_stream=io.BytesIO(content), metadata=metadata, **options)


def get(path: str, headers: dict | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(URL + path, headers=headers or {}), timeout=30) as answer:
        return answer.read()


def ready(url: str) -> dict:
    """Waits until the file has been looked at."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        asset = json.loads(get(f"/api/media/{url.rsplit('/', 1)[1]}", HEADERS))
        if asset["status"] != "uploaded":
            return asset
    raise AssertionError("not looked at in time")


def test_a_file_comes_whole(client):
    content = film(3_000_000)
    upload = uploader(client, content)
    upload.upload()
    asset = ready(upload.url)
    assert (asset["status"], asset["kind"], asset["fileName"], asset["alt"]) == ("ready", "video", "film.mp4", "A film")
    assert get(asset["variants"][0]["url"]) == content


@pytest.mark.parametrize("algorithm", [False, True], ids=["plain", "sha1"])
def test_a_file_comes_in_chunks(client, algorithm):
    content = film(1_000_000)
    upload = uploader(client, content, chunk_size=300_000, upload_checksum=algorithm)
    offsets = []
    while upload.offset < len(content):
        upload.upload_chunk()
        offsets.append(upload.offset)
    assert offsets == [300_000, 600_000, 900_000, 1_000_000]
    assert get(ready(upload.url)["variants"][0]["url"]) == content


def test_an_upload_goes_on_with_another_client(client):
    content = film(900_000)
    first = uploader(client, content, chunk_size=400_000)
    first.upload_chunk()
    second = uploader(client, content, url=first.url, chunk_size=400_000)
    assert second.get_offset() == second.offset == 400_000
    second.upload()
    assert get(ready(second.url)["variants"][0]["url"]) == content


def test_a_client_at_an_old_offset_is_refused(client):
    content = film(900_000)
    first = uploader(client, content, chunk_size=400_000)
    first.upload_chunk()
    late = uploader(client, content, url=first.url, chunk_size=400_000)
    late.offset = 0
    with pytest.raises(TusCommunicationError) as refused:
        late.upload_chunk()
    assert refused.value.status_code == 409


def test_a_stranger_is_refused():
    stranger = TusClient(f"{URL}/api/media/tus")
    with pytest.raises(TusCommunicationError) as refused:
        uploader(stranger, film(1000)).upload()
    assert refused.value.status_code == 401
