"""The resolver: what one spec means on one target."""

from __future__ import annotations

import re
from typing import Dict, Mapping, Optional, Sequence, Tuple

from . import index as kinds
from . import related, rules
from . import spec as specs
from .index import Index, open_blocks
from .model import NOTHING, PACKAGE, UNAVAILABLE, UNKNOWN, Answer, Target
from .spec import Spec, parse
from .suites import known_versions, speakers
from .table import Debs, Row, Table, load_table

#: a wildcard that matches more than this was not meant, or is better written out
MAX_MATCHES = 25

#: more libraries than this are not one library's
_MAX_LIBRARIES = 8
#: names that carry the version of a compiler which the image already has
_COMPILERS = ("gcc-toolset", "devtoolset")
#: the rule that leaves a number out
_NUMBER = "numbered-name"
#: rules that lead to another name of the very same thing
_SAME_THING = ("libs-devel", "static")
#: runtime libraries
_RUNTIME = r"lib(?!.*-(?:dev|bin|tools|utils)$)|zlib1g$"
#: the documentation of a library or a program
_DOCUMENTATION = r"(.+?)(?:-devel)?-docs?"
#: how many names that may have been meant
MAX_SUGGESTIONS = 3
#: names with these endings mean no library
_NO_LIBRARY = ("-devel", "-static", "-doc", "-docs", "-tools", "-utils", "-devel-docs")
_FOREIGN = "a 32-bit x86 package, which only x86 machines can use: left out"

#: a name needs this many letters to look for names like it
_MIN_LITERAL = 3
#: a longer text is no name, and takes long to look at
_MAX_LENGTH = 500
#: what to say where no name can be suggested
_UNKNOWN_NOTES = {
    specs.GROUP: "this group is not in the table: name its packages instead",
    specs.PATH: "of files, only commands, shared libraries and pkg-config files are known",
}


class Resolver:
    """Answers for one target; answers are kept, so asking again costs nothing."""

    def __init__(
        self,
        target: Target,
        *,
        table: Table,
        indices: Sequence[Index],
        packages: Mapping[str, Sequence[str]],
        elsewhere: Sequence[Index] = (),
    ) -> None:
        """Put the sources together.

        Args:
            target: Where the packages are to be installed.
            table: The table of names.
            indices: The target's own index, or those that speak for it, best first.
            packages: The project's own table; wins over everything.
            elsewhere: Indices of other targets, to tell a name that is unknown from one that is missing here.
        """
        self.target = target
        self._table = table
        self._indices = indices
        self._packages = packages
        self._elsewhere = elsewhere
        #: RHEL's names of commands, each with Debian's
        self.commands = table.commands()
        self._answers: Dict[str, Answer] = {}

    def resolve(self, spec: str) -> Answer:
        """Return what a spec means; never raises for a name that nobody knows.

        Args:
            spec: What stands after ``dnf install``, unquoted. URLs and local files are the caller's.
        """
        if len(spec) > _MAX_LENGTH:
            return Answer(spec, UNKNOWN, note=f"no package's name has {len(spec)} characters")
        answer = self._answers.get(spec)
        if answer is None:
            parsed = parse(spec)
            answer = self._other_version(parsed, self._also_devel(parsed, self._resolve(parsed)))
            answer = self._answers[spec] = self._verify(answer)
        return answer

    def lacks(self, deb: str) -> bool:
        """Say whether the target surely has no package of a Debian name: index and project have none."""
        exact = bool(self._indices) and self._indices[0].target == self.target
        named = any(deb in debs for debs in self._packages.values())
        return exact and not named and not rules.is_there(deb, self._indices[0])

    def _resolve(self, spec: Spec) -> Answer:
        answer = (
            self._from_project(spec, spec.text) or self._from_project(spec, spec.name) or self._by_kind(spec)
        )
        if answer is None and spec.kind in _UNKNOWN_NOTES:
            return Answer(spec.text, UNKNOWN, note=_UNKNOWN_NOTES[spec.kind])
        return answer or self._missing(spec) or Answer(spec.text, UNKNOWN, suggestions=self._suggest(spec))

    def _missing(self, spec: Spec) -> Optional[Answer]:
        """Return an answer for what other targets have, or what this one has in another version only."""
        if spec.kind != specs.NAME or not self._indices:
            return None
        for other in related.without_number(spec.name):
            own = self._by_name(spec, other)
            if own and own.status == PACKAGE and related.version_matters(spec.name):
                version = self._version(own.deb[0])
                note = f"{self.target.suite} has another version: {own.deb[0]} {version}".strip()
                return Answer(
                    spec.text,
                    UNAVAILABLE,
                    source=f"rule:{_NUMBER}",
                    note=note,
                    suggestions=(other,),
                    why=(f"rule {_NUMBER}: {other} is known", *own.why),
                )
        for name, _ in spec.names():
            for index in self._elsewhere:
                found = rules.find(name, index)
                if found and not rules.real_name(found.deb, self._indices[0]):
                    note = f"{index.target} has {found.deb}, {self.target} has not"
                    return Answer(
                        spec.text,
                        UNAVAILABLE,
                        source=f"rule:{found.rule}",
                        note=note,
                        why=(found.why(index),),
                    )
        return None

    def _suggest(self, spec: Spec) -> Tuple[str, ...]:
        if spec.kind != specs.NAME or not self._indices or len(spec.name) < _MIN_LITERAL:
            return ()
        from .suggest import suggest  # noqa: PLC0415  (cold start: seldom needed)

        names = suggest(spec.name, self._table.names(), self._table.common, self._indices[0])
        found: Dict[Tuple[str, ...], str] = {}
        for name in names:
            answer = self._by_kind(parse(name))
            if answer and answer.status in (PACKAGE, NOTHING):
                # one name for each thing that may have been meant
                found.setdefault(answer.deb or (name,), name)
        return tuple(found.values())[:MAX_SUGGESTIONS]

    def _also_devel(self, spec: Spec, answer: Answer) -> Answer:
        """Name the -devel package too, where only a runtime library is asked for."""
        runtime = answer.deb and all(re.match(_RUNTIME, deb) for deb in answer.deb)
        if spec.kind != specs.NAME or not runtime or answer.suggestions or answer.source == "project":
            return answer
        names = (f"{spec.name}-devel", f"{re.sub('-libs?$', '', spec.name)}-devel")
        found = (name for name in names if name in self._table.common or self._by_name(spec, name))
        return answer._replace(suggestions=tuple(found)[:1])

    def _by_kind(self, spec: Spec) -> Optional[Answer]:
        if spec.kind == specs.GROUP:
            return self._from_table(spec, spec.name)
        if spec.kind == specs.GLOB:
            return self._glob(spec)
        if spec.kind == specs.NAME:
            return self._name(spec)
        row = self._from_table(spec, spec.text)
        if row:
            return row
        from .provides import CAPABILITIES, find_provider  # noqa: PLC0415  (cold start: seldom needed)

        if spec.kind == specs.CAPABILITY and spec.space not in CAPABILITIES:
            name = specs.providing_package(spec)
            return self._name(spec._replace(kind=specs.NAME, name=name)) if name else None
        return find_provider(spec, self._indices, self._table.preferred)

    def _name(self, spec: Spec) -> Optional[Answer]:
        if spec.foreign and self.target.deb_arch != "i386":
            return Answer(spec.text, NOTHING, source="rule:foreign-arch", note=_FOREIGN)
        for name, version in spec.names():
            answer = self._by_name(spec, name)
            if answer:
                cut = (f"{version} is taken for a version",) if version else ()
                return answer._replace(why=cut + answer.why)
        for name, _ in reversed([*spec.names()]):  # fltk-1.3.8 is no fltk of another number
            answer = self._related(spec, name)
            if answer:
                return answer
        return None

    def _by_name(self, spec: Spec, name: str) -> Optional[Answer]:
        answer = self._from_project(spec, name) or self._from_table(spec, name)
        if answer is None and name.endswith("-static"):
            # Debian has static libraries in the -dev package
            devel = f"{name[: -len('-static')]}-devel"
            answer = self._from_project(spec, devel) or self._from_table(spec, devel)
        return answer or self._from_rules(spec, name)

    def _related(self, spec: Spec, name: str) -> Optional[Answer]:
        """Answer with another rpm name for the same thing."""
        own = self._libraries(spec, name) or self._documentation(spec, name)
        if own:
            return own
        for rule, other in related.alternatives(name):
            answer = self._by_name(spec, other) or self._libraries(spec, other)
            if answer:
                warning = f"Debian has no package of that number: {other} is taken" if rule == _NUMBER else ""
                note = answer.note or ("" if warning or rule in _SAME_THING else f"taken for {other}")
                why = (f"rule {rule}: {other} is asked for instead", *answer.why)
                return answer._replace(source=f"rule:{rule}", note=note, warning=warning, why=why)
        return None

    def _libraries(self, spec: Spec, name: str) -> Optional[Answer]:
        """Return the libraries that the -devel package is for, or that package where it has headers only."""
        stem = re.sub(r"-libs?$", "", name)
        if not self._indices or stem.endswith(_NO_LIBRARY):
            return None
        if self._table.is_pattern(f"{stem}-devel"):
            return None  # mariadb*-devel does not tell what mariadb-pam is
        devel = self._by_name(spec, f"{stem}-devel")
        if devel is None or devel.status != PACKAGE:
            return None
        index = self._indices[0]
        libraries = [deb for dev in devel.deb for deb in index.find(kinds.RUNTIME, dev)]
        if libraries and len(libraries) <= _MAX_LIBRARIES:
            why = (f"rule runtime: the libraries of {stem}-devel", *devel.why)
            return Answer(spec.text, PACKAGE, tuple(dict.fromkeys(libraries)), "rule:runtime", why=why)
        low = stem.lower()
        own = {*index.find(kinds.SOURCE_DEV, low), *index.find(kinds.SOURCE_DEV, f"lib{low}")}
        if libraries or stem != name or devel.deb[0] not in own & {f"{low}-dev", f"lib{low}-dev"}:
            return None  # selinux-policy-dev belongs to another source: it is not what selinux-policy means
        if index.find(kinds.SOURCE_BIN, low):
            return None  # a program has headers, too
        note = f"headers only: this is what {stem}-devel means"
        why = (f"rule headers: {stem}-devel is asked for instead", *devel.why)
        return devel._replace(source="rule:headers", note=note, suggestions=(f"{stem}-devel",), why=why)

    def _documentation(self, spec: Spec, name: str) -> Optional[Answer]:
        """Return the documentation of what X-devel or X means, for X-doc; nothing where Debian has none."""
        found = re.fullmatch(_DOCUMENTATION, name)
        if not found or not self._indices:
            return None
        own = self._by_name(spec, f"{found[1]}-devel") or self._by_name(spec, found[1])
        if own is None or own.status == UNAVAILABLE:
            return None
        wanted = (re.sub("-dev$", "-doc", deb) for deb in own.deb)
        docs = tuple(deb for deb in wanted if deb.endswith("-doc") and self._indices[0].has(deb))
        note = "" if docs else "documentation, which no build needs"
        why = (f"rule doc: the documentation of {found[1]}", *own.why)
        return Answer(spec.text, PACKAGE if docs else NOTHING, docs, "rule:doc", note=note, why=why)

    def _version(self, deb: str) -> str:
        """Return the version that the target has of a package, empty where it is not known."""
        known = known_versions(self.target.suite)
        if known or not self._indices:
            return known.get(deb, "")
        return next(iter(self._indices[0].find(kinds.VERSION, deb)), "")

    def _other_version(self, spec: Spec, answer: Answer) -> Answer:
        """Say so where the target has another version than the one asked for."""
        if spec.kind != specs.NAME or answer.status not in (PACKAGE, NOTHING):
            return answer
        if not re.search(r"\d", spec.name) or answer.source == "project":
            return answer
        product, asked = related.asked_version(spec.name)
        toolset = product in _COMPILERS
        deb = "gcc" if toolset else next(iter(answer.deb), "")
        name = ""
        if not asked and deb:
            named = ((name, version) for name, version in spec.names() if version)
            name, asked = next((pair for pair in named if self._by_name(spec, pair[0])), ("", ""))
            asked = related.numbers(asked)
        version = self._version(deb) or self._devel_version(spec, name, deb) if asked else ""
        present = related.numbers(version, product)
        if not (asked and deb):
            return answer
        if not present:
            text = (
                f"version {asked} was asked for; which version of {deb} {self.target.suite} has is not known"
            )
            return answer._replace(warning=answer.warning or text)
        answer = answer._replace(warning="")
        if related.same_version(asked, present):
            return answer
        if toolset and not related.is_older(asked, present):
            return answer
        text = f"version {asked} was asked for, {self.target.suite} has {present} ({deb})"
        return answer._replace(warning=text)

    def _devel_version(self, spec: Spec, name: str, deb: str) -> str:
        """Return a library's version by its -devel package: of libraries alone it is not known."""
        stem = re.sub("-libs?$", "", name)
        devel = self._by_name(spec, f"{stem}-devel") if name and re.match(_RUNTIME, deb) else None
        return self._version(devel.deb[0]) if devel and devel.deb else ""

    def _from_project(self, spec: Spec, name: str) -> Optional[Answer]:
        if name not in self._packages:
            return None
        why = f"the project's table has {name}"
        return self._answer(spec, tuple(self._packages[name]), "project", why=why)

    def _from_table(self, spec: Spec, name: str) -> Optional[Answer]:
        row = self._table.find(name)
        if row is None or (name.endswith("-dev") and self._table.is_pattern(name)):
            return None  # boost-dev is no library of Boost but a slip: RHEL says -devel
        return self._answer(spec, self._debs(row), "table", row.note, why=f"the table has the row {row.key}")

    def _debs(self, row: Row) -> Debs:
        """Return the row's deb names; where the target has no index, the exceptions of its stand-in hold."""
        if self.target.suite in row.suites() or not self._indices:
            return row.debs(self.target)
        return row.debs(Target(self._indices[0].target.suite, self.target.deb_arch))

    def _from_rules(self, spec: Spec, name: str) -> Optional[Answer]:
        for index in self._indices:
            found = rules.find(name, index)
            if found:
                doubtful, nearest = index is not self._indices[0], self._indices[0].target
                note = f"{index.target} has {found.deb}, {nearest} has not: {self.target} may not have it"
                return Answer(
                    spec.text,
                    PACKAGE,
                    (found.deb,),
                    f"rule:{found.rule}",
                    note=note if doubtful else "",
                    considered=found.considered,
                    why=(found.why(index),),
                    doubtful=doubtful,
                )
        return None

    def _glob(self, spec: Spec) -> Optional[Answer]:
        row = self._from_table(spec, spec.text)
        if row is None:
            # python*-devel: what python-devel means, where that is nothing to install
            row = self._from_table(spec, re.sub(r"[.]?[*?]|\[.*?\]", "", spec.name))
            row = row if row and row.status == NOTHING else None
        if row:
            return row
        from .wildcards import expand  # noqa: PLC0415  (cold start: seldom needed)

        def debs(name: str) -> Tuple[str, ...]:
            answer = self._by_kind(parse(name))
            return answer.deb if answer else ()

        names = expand(spec.name, self._table.names(), self._indices, debs)
        if len(names) > MAX_MATCHES:
            return Answer(
                spec.text,
                UNKNOWN,
                note=f"matches {len(names)} names in {self.target.suite}: name those needed",
            )
        if not names:
            return None
        why = f"{len(names)} packages match the wildcard"
        return Answer(spec.text, PACKAGE, tuple(names), "index", why=(why,))

    def _answer(self, spec: Spec, debs: Debs, source: str, note: str = "", *, why: str) -> Answer:
        status = UNAVAILABLE if debs is None else PACKAGE if debs else NOTHING
        return Answer(spec.text, status, debs or (), source, note=note, why=(why,))

    def _verify(self, answer: Answer) -> Answer:
        """Check the deb names against the target's index, and take the names that it has them under."""
        if not self._indices:
            return answer
        real = [rules.real_name(deb, self._indices[0]) for deb in answer.deb]
        debs = tuple(dict.fromkeys(name or deb for name, deb in zip(real, answer.deb)))
        exact = self._indices[0].target == self.target
        known = answer.status in (PACKAGE, NOTHING)
        renamed = tuple(
            f"{deb} stands for {name} in {self._indices[0].target}"
            for name, deb in zip(real, answer.deb)
            if name not in (None, deb)
        )
        verified = exact and known and None not in real
        return answer._replace(deb=debs, verified=verified, why=answer.why + renamed)


def open_resolver(target: Target, *, packages: Optional[Mapping[str, Sequence[str]]] = None) -> Resolver:
    """Return a resolver that uses the data of this package.

    Args:
        target: Where the packages are to be installed. For an unknown suite the table answers alone.
        packages: The project's own table, rpm name -> deb names.

    Raises:
        DataError: A data file is damaged.
    """
    blocks = open_blocks()
    targets = [Target(*name.split("/")) for name in blocks.targets]
    speaking = speakers(target, targets)
    return Resolver(
        target,
        table=load_table(),
        indices=[Index(blocks, other) for other in speaking],
        packages=packages or {},
        elsewhere=[Index(blocks, other) for other in targets if other not in speaking],
    )
