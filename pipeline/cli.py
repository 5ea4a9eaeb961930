"""``museum``: one command a file in ``pipeline.commands``, imported only when it is called.

Exit code 0 means done, 1 failed, 2 refused (the input or the call is not usable as it is). Errors are handled
here and nowhere else: each becomes one sentence on standard error.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings

import click

from pipeline.catalogue.phrases import in_language
from pipeline.errors import Failed, MuseumError
from pipeline.faults import as_ours
from pipeline.help import Context
from pipeline.sentence import sentence
from pipeline.texts import language, say

COMMANDS = ("process", "check", "compare", "steps", "samples", "serve", "demo")


class _Lazy(click.Group):
    """Knows its commands by name and loads only the one that is called: ``--help`` stays quick."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pipeline.commands.{cmd_name}").command
        command.context_class = Context
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise click.UsageError(f"There is no command {args[0]!r}; known are {', '.join(COMMANDS)}.", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, say(name)) for name in COMMANDS])


@click.group(cls=_Lazy, help=say("museum"), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mobile-museum", prog_name="museum", message="%(prog)s %(version)s")
def cli() -> None:
    """The command line; see the module's text."""


def main(arguments: list[str] | None = None) -> int:
    """Runs a command and gives its exit code."""
    if not os.environ.get("MUSEUM_DEBUG"):
        warnings.simplefilter("ignore")  # what a library says to programmers is no sentence for a technician
    try:
        result = cli.main(args=arguments, prog_name="museum", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        _usage(error)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return _end(Failed("interrupted", do="the next run goes on where this one stopped"))
    except (MuseumError, OSError, MemoryError, ImportError) as error:
        return _end(as_ours(error))
    except Exception as error:
        if os.environ.get("MUSEUM_DEBUG"):
            raise
        return _end(as_ours(error))


def _usage(error: click.ClickException) -> None:
    """A mistake in the call: the command's usage, and what is wrong with it; without any words, the help."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
    click.echo(f"museum: {in_language(error.format_message(), language())}", err=True)


def _end(error: MuseumError) -> int:
    click.echo(f"museum: {sentence(error, language())}", err=True)
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
