"""``museum samples``: writes the synthetic scans that the demo opens with."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.texts import say


@click.command("samples", help=say("samples"))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help=say("option-collection"))
@click.option("--seed", type=int, help=say("option-seed"))
def command(out: Path | None, seed: int | None) -> None:
    """Writes the samples into ``models/samples`` or the folder given; what is there already is left alone."""
    from pipeline import samples
    from pipeline.scan import project_folder

    target = out or project_folder() / "models" / "samples"
    samples_into(target, samples.SEED if seed is None else seed)
    click.echo(say("samples-made", out=target))


def samples_into(target: Path, seed: int) -> list[Path]:
    """Writes the samples, with progress; gives the objects' folders."""
    from pipeline.commands.show import progress
    from pipeline.progress import report, stage
    from pipeline.samples import write_samples

    def told(name: str, done: int, total: int) -> None:
        report(done, total, "")

    with progress(target.name), stage("making-samples"):
        return write_samples(target, seed=seed, progress=told)
