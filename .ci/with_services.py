"""Runs a command with a PostgreSQL and a Redis of its own, on free ports, in a folder that goes away afterwards.

    with_services.py COMMAND [ARGUMENT...]

PostgreSQL refuses to run as root, so root hands the two servers to another account. The command gets DATABASE_URL,
BROKER_URL and keys, and its exit status is ours.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

PATIENCE = 60.0  # seconds until a server must answer


def newest_postgres() -> Path | None:
    """The folder of PostgreSQL's programs. Debian keeps each version's apart, and none of them on the PATH."""
    versions = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").is_file()]
    if versions:
        return max(versions, key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0)
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> pwd.struct_passwd | None:
    """Whom root hands the servers to; nobody when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    sys.exit("PostgreSQL does not run as root, and there is neither an account postgres nor nobody.")


class RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def run_as(account: pwd.struct_passwd | None) -> RunAs:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def wait_for(name: str, port: int, answers: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if answers():
            return
        time.sleep(0.1)
    sys.exit(f"{name} did not start on port {port}:\n{log.read_text(errors='replace')[-2000:]}")


def redis_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def main(command: list[str]) -> int:
    postgres = newest_postgres()
    redis = shutil.which("redis-server")
    missing = [name for name, found in (("postgresql", postgres), ("redis-server", redis)) if not found]
    if postgres is None or redis is None:
        sys.exit(f"These tests need the Debian packages {' and '.join(missing)}: apt-get install {' '.join(missing)}")

    def interrupted(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupted)
    account = run_as(unprivileged())
    servers: list[subprocess.Popen[bytes]] = []
    # Not TMPDIR: the other account must be able to reach it, and a socket's path must stay short.
    folder = Path(tempfile.mkdtemp(prefix="keep-services-", dir="/tmp"))
    if account:
        os.chown(folder, account["user"], account["group"])
    try:
        password = secrets.token_urlsafe(16)
        password_file = folder / "password"
        password_file.write_text(password)
        password_file.chmod(0o644)  # inside a folder that only its owner can enter
        cluster = folder / "cluster"
        # C.UTF-8 and UTC: the same sorting and dates on every machine.
        made = subprocess.run(
            [
                str(postgres / "initdb"), "--pgdata", str(cluster), "--username", "keep",
                "--pwfile", str(password_file),
                "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
            ],
            cwd=folder, capture_output=True, text=True, check=False, **account,
        )  # fmt: skip
        if made.returncode:
            sys.exit(f"PostgreSQL's initdb failed:\n{made.stderr[-2000:]}")

        port = free_port()
        log = folder / "postgres.log"
        with log.open("wb") as out:
            # Durability is given up for speed: no test here pulls the plug of the machine itself. No autovacuum: every
            # test rolls back what it wrote, a vacuum then notes that the tables are empty, and the plans that follow
            # from it take minutes for the next test that fills one.
            database = subprocess.Popen(
                [
                    str(postgres / "postgres"), "-D", str(cluster), "-p", str(port), "-h", "127.0.0.1",
                    "-k", str(folder),
                    "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off",
                    "-c", "autovacuum=off", "-c", "jit=off", "-c", "max_connections=200", "-c", "timezone=UTC",
                ],
                cwd=folder, stdout=out, stderr=out, process_group=0, **account,
            )  # fmt: skip
        servers.append(database)
        broker_port = free_port()
        broker_log = folder / "redis.log"
        with broker_log.open("wb") as out:
            broker = subprocess.Popen(
                [
                    redis, "--port", str(broker_port), "--bind", "127.0.0.1", "--dir", str(folder),
                    "--save", "", "--appendonly", "no",
                ],
                cwd=folder, stdout=out, stderr=out, process_group=0, **account,
            )  # fmt: skip
        servers.append(broker)

        def database_answers() -> bool:
            asked = [str(postgres / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
            return subprocess.run(asked, check=False).returncode == 0

        wait_for("PostgreSQL", port, database_answers, database, log)
        wait_for("Redis", broker_port, lambda: redis_answers(broker_port), broker, broker_log)
        environment = os.environ | {
            "DATABASE_URL": f"postgres://keep:{password}@127.0.0.1:{port}/postgres",
            "BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "JOURNAL_KEY": secrets.token_urlsafe(64),
        }
        work = subprocess.Popen(command, env=environment)
        try:
            return work.wait()
        except KeyboardInterrupt:
            # It stops before the servers do, in its own way: what it started may need them to stop cleanly.
            work.terminate()
            with suppress(subprocess.TimeoutExpired):
                work.wait(timeout=20)
            work.kill()
            raise
    except KeyboardInterrupt:
        return 130
    finally:
        for server in servers:
            # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
            server.send_signal(signal.SIGINT)
        for server in servers:
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
