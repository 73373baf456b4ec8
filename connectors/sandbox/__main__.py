"""`python -m connectors.sandbox --port 8900 --data .data/sandbox`: the sandbox networks as a process of their own."""

import argparse
import socket
import sys
from pathlib import Path

from connectors.sandbox.app import server


def main() -> int:
    """Serve until told to stop. Returns the exit status: 1 where the address is taken or the data can't be used."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description="Sandbox social networks.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mail-port", type=int, default=0, help="catch e-mail on this port, by SMTP")
    parser.add_argument("--imap-port", type=int, default=0, help="and let mailboxes be read on this one, by IMAP")
    parser.add_argument("--data", type=Path, required=True, help="folder for the SQLite file; made if missing")
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    for port in filter(None, (options.port, options.mail_port, options.imap_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((options.host, port))
            except OSError as error:
                sys.stderr.write(f"The sandbox can't listen on {options.host}:{port}: {error.strerror}.\n")
                return 1
    try:
        sandbox = server(options.data, options.host, options.port, options.mail_port, options.imap_port)
    except OSError as error:
        sys.stderr.write(f"The sandbox can't use {options.data}: {error}.\n")
        return 1
    sandbox.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
