"""Does with loopback sockets what a shell cannot: finds free ports, and asks a server a real request until it answers.

    loopback.py ports N                             prints N free ports
    loopback.py taken PORT                          0 when somebody listens there
    loopback.py wait KIND ADDRESS SECONDS PID       0 once the server answers; 1, with the reason, when it does not or PID ends

KIND is mongodb, redis, kafka, nats, or http (ADDRESS is a URL then, and 200 the answer).
Refuses to know how a server is started. Only the standard library is used.
"""

import itertools
import os
import random
import socket
import struct
import sys
import time
import urllib.request

# Below every usual ephemeral range, so that a client that retries a dead port never connects to itself, and above
# the ports that the black-box suite takes.
PORTS = range(28_000, 32_000)
ANSWER_SECONDS = 5
PAUSE_SECONDS = 0.05
CLIENT = b"aichat-probe"


class NotReady(Exception):
    """Something answers, but not as a ready server does."""


def taken(port: int) -> bool:
    """Says whether the port cannot be listened on."""
    with socket.socket() as probe:
        # As servers do: a port whose old connections are still being forgotten is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def free_ports(count: int) -> list[int]:
    """Finds distinct ports that nobody listens on."""
    candidates = (port for port in random.sample(PORTS, len(PORTS)) if not taken(port))
    return list(itertools.islice(candidates, count))


def exactly(connection: socket.socket, count: int) -> bytes:
    """Reads so many bytes."""
    read = b""
    while len(read) < count:
        part = connection.recv(count - len(read))
        if not part:
            raise NotReady("it closed the connection")
        read += part
    return read


def mongodb(connection: socket.socket) -> None:
    """Says hello (OP_MSG with one BSON document) and expects a server that takes writes."""
    document = b"\x10hello\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0"
    body = struct.pack("<I", 0) + b"\0" + struct.pack("<i", len(document) + 5) + document + b"\0"
    connection.sendall(struct.pack("<iiii", len(body) + 16, 1, 0, 2013) + body)
    (length,) = struct.unpack("<i", exactly(connection, 4))
    if b"\x08isWritablePrimary\0\x01" not in exactly(connection, length - 4):
        raise NotReady("it does not take writes yet")


def redis(connection: socket.socket) -> None:
    """Sends PING; a server that is still loading its file answers something else."""
    connection.sendall(b"PING\r\n")
    answer = connection.recv(200)
    if not answer.startswith((b"+PONG", b"-NOAUTH")):
        raise NotReady(answer.decode(errors="replace").strip())


def kafka(connection: socket.socket) -> None:
    """Asks for metadata (version 1, no topics) and expects a broker and a controller."""
    body = struct.pack(">hhih", 3, 1, 1, len(CLIENT)) + CLIENT + struct.pack(">i", 0)
    connection.sendall(struct.pack(">i", len(body)) + body)
    answer = exactly(connection, struct.unpack(">i", exactly(connection, 4))[0])
    (brokers,) = struct.unpack_from(">i", answer, 4)
    at = 8
    for _ in range(brokers):  # node, host, port, rack
        at += 4
        at += 2 + struct.unpack_from(">h", answer, at)[0] + 4
        at += 2 + max(struct.unpack_from(">h", answer, at)[0], 0)
    if brokers < 1 or struct.unpack_from(">i", answer, at)[0] < 0:
        raise NotReady("it has no broker or no controller yet")


def nats(connection: socket.socket) -> None:
    """Asks JetStream about itself; a server without JetStream never answers that."""
    stream = connection.makefile("rwb")
    stream.readline()  # INFO
    stream.write(b'CONNECT {"verbose":false,"no_responders":true,"headers":true}\r\nSUB answer 1\r\nPUB $JS.API.INFO answer 0\r\n\r\nPING\r\n')
    stream.flush()
    said = b""
    while line := stream.readline():
        said += line
        if b'"memory"' in line:
            return
        if line.startswith((b"-ERR", b"HMSG")):
            break
    raise NotReady(f"JetStream does not answer: {said.decode(errors='replace').strip()}")


def ask(kind: str, address: str) -> None:
    """Asks once; raises when the server is not there or not ready."""
    if kind == "http":
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS):
            return
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS) as connection:
        {"mongodb": mongodb, "redis": redis, "kafka": kafka, "nats": nats}[kind](connection)


def alive(pid: int) -> bool:
    """Says whether the process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return True


def wait(kind: str, address: str, seconds: str, pid: str) -> str | None:
    """Asks until the server answers; returns the reason when it did not."""
    end = time.monotonic() + float(seconds)
    while True:
        living = alive(int(pid))
        try:
            ask(kind, address)
            return None if living else "it ended; somebody else answers there"
        except (OSError, NotReady, struct.error) as error:
            reason = str(error)
        if not living:
            return "it ended"
        if time.monotonic() > end:
            return f"no answer within {seconds} s: {reason}"
        time.sleep(PAUSE_SECONDS)


def main(arguments: list[str]) -> int:
    """Runs one command of the text above."""
    match arguments:
        case ["ports", count]:
            print(*free_ports(int(count)), sep="\n")
        case ["taken", port]:
            return 0 if taken(int(port)) else 1
        case ["wait", kind, address, seconds, pid]:
            if reason := wait(kind, address, seconds, pid):
                print(reason)
                return 1
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
