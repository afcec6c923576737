"""The web process as `manage.py serve` starts it, with an application of the benchmark's choice.

python benchmarks/web_process.py SOCKET_FD PIPE_FD APPLICATION
"""

from __future__ import annotations

import socket
import sys

import uvicorn

from quaero.serving.tether import stop_with_parent
from quaero.serving.web_process import configuration


def main() -> None:
    socket_fd, pipe_fd, application = sys.argv[1:]
    stop_with_parent(int(pipe_fd), kill_after_s=5)
    config = configuration()
    config.app = application
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(socket_fd))])


if __name__ == "__main__":
    main()
