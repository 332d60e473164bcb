"""The command line of a container engine: how it is run, and what its errors mean."""

from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from cibw_debian.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator


class CommandFailedError(EngineError):
    """The engine answered, and said no; `output` is what it wrote to standard error."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(message)
        self.output = output


@dataclass(frozen=True)
class EngineCommand:
    """The command of an engine, by its name: ``docker`` or ``podman``.

    All methods raise `EngineError` if the command is not installed or the engine does not answer, and
    `CommandFailedError` if the engine refuses.
    """

    name: str = "docker"
    #: seconds that a command may take; None for no limit
    patience: float | None = None

    @property
    def option(self) -> str:
        """The option, with a space before it, that makes commands use this engine; empty for docker."""
        return "" if self.name == "docker" else f" --engine {self.name}"

    @property
    def hint(self) -> str:
        """What to do if the engine is missing or does not answer."""
        ask, fix = (f"`cibw-debian doctor{fix}{self.option}`" for fix in ("", " --fix"))
        return f"{ask} says what is missing, {fix} installs and starts it."

    def text(self, *arguments: str) -> str:
        """Run a command, and return its standard output."""
        return self.output(*arguments).decode(errors="replace")

    def output(self, *arguments: str) -> bytes:
        """Run a command, and return its standard output as bytes."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise self._explain(arguments, done.stderr.decode(errors="replace"))
        return done.stdout

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command that may fail: the exit code of `exec` is that of a program in a container."""
        with self._start(*arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(timeout=self.patience)
            except subprocess.TimeoutExpired:
                process.kill()
                raise EngineError(
                    f"The container engine {self.name} did not answer within {self.patience:g} seconds.",
                    hint=self.hint,
                ) from None
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    @contextlib.contextmanager
    def writing(self, *arguments: str) -> Iterator[IO[bytes]]:
        """Run a command, and yield its standard input."""
        with self._start(*arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
            assert process.stdin  # noqa: S101
            assert process.stderr  # noqa: S101
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError as error:
                # Ctrl-C ends the engine's command too. Otherwise it gave up, and its message follows.
                if isinstance(error.__context__, KeyboardInterrupt):
                    raise error.__context__ from None
            except BaseException:
                process.kill()
                raise
            errors = process.stderr.read()
        if process.returncode:
            raise self._explain(arguments, errors.decode(errors="replace"))

    @contextlib.contextmanager
    def reading(self, *arguments: str) -> Iterator[IO[bytes]]:
        """Run a command, and yield its standard output, which is to be read to its end."""
        with self._start(*arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            assert process.stdout  # noqa: S101
            assert process.stderr  # noqa: S101
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
            errors = process.stderr.read()
        if process.returncode:
            raise self._explain(arguments, errors.decode(errors="replace"))

    def _start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen([self.name, *arguments], stderr=subprocess.PIPE, **options)
        except FileNotFoundError:
            raise EngineError(f"The container engine {self.name} is not installed.", hint=self.hint) from None

    def _explain(self, arguments: tuple[str, ...], output: str) -> EngineError:
        if re.search(r"permission denied.*(docker\.sock|daemon)", output, re.IGNORECASE | re.DOTALL):
            return EngineError(
                f"You are not allowed to use {self.name}.",
                hint="`sudo usermod --append --groups docker $USER`, then log in again.",
            )
        if re.search(
            r"cannot connect to|is the docker daemon running|connection refused", output, re.IGNORECASE
        ):
            return EngineError(
                f"The container engine {self.name} is installed but does not answer.", hint=self.hint
            )
        return CommandFailedError(f"{self.name} {arguments[0]} failed: {output.strip()}", output)
