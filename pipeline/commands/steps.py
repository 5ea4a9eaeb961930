"""``museum steps [NAME]``: what recipes can be made of."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from pipeline.catalogue.phrases import in_language
from pipeline.texts import language, say

if TYPE_CHECKING:
    from pipeline.steps.registry import Parameter, Step


@click.command("steps", help=say("steps"))
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Lists every step with its first sentence, or prints one step's manual."""
    from pipeline.errors import Refused
    from pipeline.steps.registry import STEPS

    if name is None:
        width = max((len(step) for step in STEPS), default=0)
        for step in sorted(STEPS.values(), key=lambda step: step.name):
            click.echo(f"{step.name:{width}}  {in_language(first_sentence(step), language())}")
        return
    if name not in STEPS:
        raise Refused(f"there is no step {name!r}", do=f"known are {', '.join(sorted(STEPS))}")
    click.echo(manual(STEPS[name]))


def first_sentence(step: Step) -> str:
    """Gives the first paragraph of a step's manual as one line."""
    return " ".join(step.manual.partition("\n\n")[0].split())


def manual(step: Step) -> str:
    """Gives a step's manual: how it stands in a recipe, then its docstring."""
    from pipeline.recipe.words import type_name

    first = in_language(first_sentence(step), language())
    lines = ["[[step]]", f'use = "{step.name}"', *(_line(parameter) for parameter in step.parameters)]
    takes, gives = type_name(step.takes), type_name(step.gives)
    head = f"{step.name} (version {step.version}): {takes} -> {gives}"
    told = step.manual if first == first_sentence(step) else f"{first}\n\n{step.manual}"
    return "\n".join([head, "", *(f"    {line}" for line in lines), "", told])


def _line(parameter: Parameter) -> str:
    from pipeline.recipe import type_text

    kind = in_language(type_text(parameter.type), language())
    if parameter.default is inspect.Parameter.empty:
        return f"{parameter.name} = …  # {kind}, {say('required')}"
    if parameter.default is None:
        return f"# {parameter.name} = …  # {kind}"
    value = parameter.default
    text = (
        str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else value
    )
    return f"{parameter.name} = {text}  # {kind}"
