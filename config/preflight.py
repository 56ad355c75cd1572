"""Builds `.venv`, or says in one sentence why it cannot.

Runs on whatever Python the machine has, so the syntax stays that of 3.6: an old Python must be able to say it is old.
Start it with `python3 -I`: it then looks for modules nowhere but in its own standard library.

    preflight.py requirements.lock [requirements-dev.lock]

installs the last of the files named; each contains the ones before it.
"""

import hashlib
import os
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(VENV, "install.log")
# Every way in which pip says that there was nobody to ask.
UNREACHABLE = (
    "No matching distribution found",
    "Could not find a version",
    "Max retries exceeded",
    "NewConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "ProxyError",
    "Could not fetch URL",
)


def fail(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(1)


def stamp_of(lock):
    return os.path.join(VENV, "installed-" + os.path.basename(lock))


def digest_of(lock):
    with open(os.path.join(ROOT, lock), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_installed(lock):
    try:
        with open(stamp_of(lock)) as file:
            return file.read() == digest_of(lock) and works(VENV_PYTHON)
    except (IOError, OSError):
        return False


def works(python, statement=""):
    """Whether the environment's interpreter starts: one built by a Python that is gone does not."""
    try:
        return subprocess.call([python, "-c", statement], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def check_python():
    if sys.version_info < OLDEST:
        fail(
            "Keep needs Python {}.{} or newer, and this is {}.{}: install a newer one, or name it, as in "
            "make run PYTHON=python3.12.".format(OLDEST[0], OLDEST[1], *sys.version_info[:2])
        )
    try:
        import ensurepip
        import venv  # noqa: F401

        ensurepip.version()
    except Exception:
        fail(
            "This Python cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu: apt install python{}.{}-venv).".format(*sys.version_info[:2])
        )


def check_folder():
    probe = os.path.join(ROOT, ".write-probe-{}".format(os.getpid()))
    try:
        with open(probe, "w"):
            pass
        os.remove(probe)
    except (IOError, OSError) as error:
        fail("The folder {} is not writable ({}): Keep builds .venv in it.".format(ROOT, error.strerror))


def build():
    if works(VENV_PYTHON, "import pip"):
        return
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if made.returncode != 0:
        last = made.stdout.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        fail("The virtual environment .venv could not be made: {}".format(last[-1]))


def install(lock):
    print("Installing the packages of {} into .venv; this happens once.".format(lock))
    sys.stdout.flush()
    with open(LOG, "wb") as log:
        code = subprocess.call(
            [
                VENV_PYTHON,
                "-m",
                "pip",
                "install",
                "--require-hashes",
                # The lock names everything. Older pips look for newer versions of an extra's package all the same,
                # and then refuse them for having no hash.
                "--no-deps",
                "--no-input",
                "--disable-pip-version-check",
                "--retries=2",
                "-r",
                os.path.join(ROOT, lock),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    if code == 0:
        return
    with open(LOG, "rb") as log:
        said = log.read().decode("utf-8", "replace")
    if "No space left on device" in said:
        fail("The packages could not be installed because the disk is full.")
    if "DO NOT MATCH THE HASHES" in said:
        fail("A package is not the one that {} names, so nothing was installed: see .venv/install.log.".format(lock))
    if any(sign in said for sign in UNREACHABLE):
        fail(
            "No package index could be reached, or it lacks a package: connect to the internet, or set PIP_INDEX_URL "
            "to an index that you can reach (details: .venv/install.log)."
        )
    fail("The packages could not be installed: see .venv/install.log.")


def main(locks):
    check_python()
    if is_installed(locks[-1]):
        return
    check_folder()
    build()
    install(locks[-1])
    for lock in locks:
        with open(stamp_of(lock), "w") as stamp:
            stamp.write(digest_of(lock))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
