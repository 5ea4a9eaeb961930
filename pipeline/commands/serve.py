"""``museum serve [PATH…]``: opens the site over the project's collections or over folders of results.

The only place where the pipeline knows the site, and only when it is called.
"""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import click

from pipeline.errors import Failed, MuseumError, Refused
from pipeline.texts import language, say

PORTS = click.IntRange(1, 65535)


@click.command("serve", help=say("serve"))
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help=say("option-host"))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=say("option-port")
)
def command(paths: tuple[Path, ...], host: str, port: int) -> None:
    """Serves until it is interrupted."""
    from pipeline.scan import project_folder

    serve(paths or (project_folder() / "models",), host, port)


def serve(models: tuple[Path, ...], host: str, port: int) -> None:
    """Runs the site in this process.

    Raises:
        Failed: the port cannot be had.
        Refused: the address is not one of this computer.
    """
    import uvicorn
    from starlette.responses import FileResponse

    from viewer.app import Settings, create_app

    _free(host, port)
    FileResponse.chunk_size = 1 << 20  # three times the throughput of the default 64 KiB
    settings = Settings(models=models, exhibits=models[0].parent / "exhibits")
    app = create_app(settings)
    if not settings.static.is_dir():
        click.echo(f"museum: {say('unbuilt')}", err=True)
    click.echo(say("open", url=f"http://{host}:{port}/{language()}/"))
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def _free(host: str, port: int) -> None:
    """Refuses an address or a port that cannot be had, before the site is read."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _refusal(host, port, error) from error


def _refusal(host: str, port: int, error: OSError) -> MuseumError:
    reason = error.strerror or str(error)
    if error.errno == errno.EADDRINUSE:
        return Failed(
            f"the port {port} is in use ({reason})", do="end the other program or give another --port"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Failed(f"the port {port} may not be used ({reason})", do="give a --port above 1023")
    return Refused(
        f"this computer does not have the address {host}",
        do="leave --host out, or give --host 0.0.0.0 for the whole network",
    )
