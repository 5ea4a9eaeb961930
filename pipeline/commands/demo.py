"""``museum demo``: the sample collection from raw scans to the open site, in one command."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cache import write
from pipeline.inputs import code_digest
from pipeline.texts import say


@click.command("demo", help=say("demo"))
@click.option("--host", default="127.0.0.1", show_default=True, help=say("option-host"))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=say("option-port")
)
@click.option("--jobs", type=click.IntRange(1, 64), help=say("option-jobs"))
@click.option("--no-serve", is_flag=True, help=say("option-no-serve"))
def command(host: str, port: int, jobs: int | None, no_serve: bool) -> int:
    """Makes the samples where they are missing, takes a first look at what is new (recipe quick), serves."""
    from pipeline.asked import Options
    from pipeline.commands.process import run_all
    from pipeline.commands.serve import serve
    from pipeline.scan import find, project_folder

    project = project_folder()
    folders = _samples(project)
    code = run_all(find(folders, project=project), Options(recipe="quick", jobs=jobs))
    if code or no_serve:
        return code
    serve((project / "models",), host, port)
    return 0


def _samples(project: Path) -> list[Path]:
    """Gives the samples' folders; makes the samples where one is missing, else loads nothing heavy."""
    target, stamp = project / "models" / "samples", project / ".made" / "samples"
    made_by, *names = stamp.read_text().splitlines() if stamp.is_file() else [""]
    if made_by == code_digest("samples") and all(
        (target / name / "capture.toml").is_file() for name in names
    ):
        return [target / name for name in names]
    from pipeline.commands.samples import samples_into
    from pipeline.samples import SEED

    folders = samples_into(target, SEED)
    lines = [code_digest("samples"), *(folder.name for folder in folders)]
    write(stamp, ["\n".join(lines).encode()])
    return folders
