"""Serves the S3 API on a free loopback port, with one bucket, until it is ended.

Owns the server that the tests of objects on S3 speak to; refuses to know what they keep there.

    python3 serve.py FILE     # writes the address to FILE once it answers
"""

import os
import pathlib
import signal
import sys
import urllib.request

from moto.server import ThreadedMotoServer

BUCKET = "aichat-test"


def main(file: pathlib.Path) -> None:
    """Serves until SIGTERM."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    with urllib.request.urlopen(urllib.request.Request(f"{url}/{BUCKET}", method="PUT"), timeout=30):
        pass
    unready = file.with_suffix(".new")
    unready.write_text(url)
    os.replace(unready, file)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(pathlib.Path(sys.argv[1]))
