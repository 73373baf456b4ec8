"""`make test-bluesky`: gets the vendor's servers from the npm registry once, and runs the flows where only lo is.

What is fetched (362 MB) stays in the data folder, below cache/.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from desk.environment import data_folder

PACKAGE = "@atproto/dev-env@0.3.215"
FLOWS = Path(__file__).with_name("flows.py")
OLDEST_NODE = 20


def main() -> int:
    """The exit status: that of the tests; 2 where something is missing, which a sentence names."""
    if missing := _missing():
        print(missing, file=sys.stderr)
        return 2
    packages = data_folder() / "cache" / "bluesky-network"
    if not _installed(packages):
        print(f"{PACKAGE} could not be installed; {packages / 'npm.log'} says why.", file=sys.stderr)
        return 2
    environment = {**os.environ, "BLUESKY_PACKAGES": str(packages)}
    tests = (sys.executable, "-m", "pytest", str(FLOWS), "-q", "-p", "no:cacheprovider", *sys.argv[1:])
    # Its servers listen on all interfaces, so they only ever run where there is none but lo.
    alone = (
        ("unshare", "--net")
        if os.geteuid() == 0
        else ("unshare", "--user", "--map-current-user", "--keep-caps", "--net")
    )
    inside = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh", *tests)
    return subprocess.run((*alone, *inside), env=environment, check=False).returncode


def _missing() -> str:
    for tool, package in (("node", "nodejs"), ("npm", "npm"), ("unshare", "util-linux"), ("ip", "iproute2")):
        if shutil.which(tool) is None:
            return f"`make test-bluesky` needs `{tool}`: install it (Debian: `sudo apt-get install {package}`)."
    said = subprocess.run(("node", "--version"), capture_output=True, text=True, check=False).stdout.strip()
    major = said.removeprefix("v").partition(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_NODE:
        return f"`make test-bluesky` needs Node.js {OLDEST_NODE} or newer; this is {said or 'none that answers'}."
    return ""


def _installed(packages: Path) -> bool:
    """Whether the packages are there, got where they were not. Half of them are never used."""
    stamp = packages / PACKAGE.rpartition("@")[2]
    if stamp.exists():
        return True
    print(f"Installing {PACKAGE}, some minutes ...", flush=True)
    shutil.rmtree(packages, ignore_errors=True)
    packages.mkdir(parents=True)
    (packages / "package.json").write_text('{"private": true}\n')  # else npm would look for one further up
    # No package's own script runs but the one that builds the SQLite of the data server.
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    steps = (("npm", "install", "--ignore-scripts", *quiet, PACKAGE), ("npm", "rebuild", "better-sqlite3"))
    with (packages / "npm.log").open("wb") as log:
        for step in steps:
            if subprocess.run(step, cwd=packages, stdout=log, stderr=log, check=False).returncode != 0:
                return False
    stamp.touch()
    return True


if __name__ == "__main__":
    sys.exit(main())
