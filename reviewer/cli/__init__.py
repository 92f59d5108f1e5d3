"""The command line: `reviewer check 合同.docx` and its companions. Every error is one Chinese sentence.

One module per group of commands, each with a list COMMANDS; a module is imported only when its command is called.
"""

from __future__ import annotations

import importlib

import click

from reviewer import __version__
from reviewer.cli.options import USER_ERROR
from reviewer.errors import ReviewerError

MODULES = {
    "check": "check", "text": "check", "rules": "rules", "laws": "laws", "samples": "samples", "batch": "batch",
    "compare": "compare",
    "serve": "office", "matter": "office", "remind": "office", "backup": "office", "restore": "office",
    "audit": "office", "token": "interface", "template": "interface", "receiver": "receivers",
}  # fmt: skip


class ChineseErrors(click.Group):
    """Finds commands by name in their modules; turns `ReviewerError` into a sentence and exit code 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in MODULES:
            return None
        module = importlib.import_module(f"{__name__}.{MODULES[name]}")
        found: click.Command = next(c for c in module.COMMANDS if c.name == name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ReviewerError as error:
            click.echo(f"错误：{error}", err=True)
            ctx.exit(USER_ERROR)


@click.group(cls=ChineseErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reviewer", message="%(prog)s %(version)s")
def main() -> None:
    """合法性审查：离线审查合同、规范性文件、重大决策、执法决定和会议纪要。

    例：reviewer check 采购合同.docx
    """
