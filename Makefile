# Each target sets up what it needs. Only Python 3.11 or newer, make and git have to be there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: build try build-spark test test-faults test-spark test-cluster test-bi test-mutations fingerprint bench \
	bench-spark lint metrics docs lock clean

# The environment: everything of the lock file, compiled once, and this package in place.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ .*--hash/p;}' requirements.lock > $(VENV)/uv.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	touch $@

# The second environment, for Spark; it needs a Java of 17 or newer.
SPARK := .venv-spark
$(SPARK)/.ready: requirements-spark.lock | $(VENV)/.ready
	java -version 2>&1 | grep -Eq 'version "(1[7-9]|2)' || (echo "Java 17 or newer is needed"; exit 1)
	test -x $(SPARK)/bin/python || $(PYTHON) -m venv --without-pip $(SPARK)
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(SPARK)/bin/python requirements-spark.lock
	touch $@

# The third, for Superset, as a client of what is published.
BI := .venv-bi
$(BI)/.ready: requirements-bi.lock | $(VENV)/.ready
	test -x $(BI)/bin/python || $(PYTHON) -m venv --without-pip $(BI)
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BI)/bin/python requirements-bi.lock
	touch $@

build: $(VENV)/.ready
	$(BIN)/patronage build $(ARGS)

# One model (or several, "rfm clv") and what hangs directly on it, with all their tests, on what `make build` made:
# raw files are not looked at again, and keys hang on the salt of that build.
KEPT_SALT = $$(cat "$$($(BIN)/python -c 'from patronage.salt import salt_file; print(salt_file())')")
try: $(VENV)/.ready
	$(if $(MODEL),,$(error Which model? For instance: make try MODEL=rfm))
	PATRONAGE_FILES_CHECKED=yes PATRONAGE_SALT="$${PATRONAGE_SALT-$(KEPT_SALT)}" \
		$(BIN)/dbt build --select $(addsuffix +1,$(MODEL)) $(ARGS)

# The same models on Spark, into warehouse/spark; without ARGS from an empty folder.
build-spark: $(SPARK)/.ready
	$(if $(ARGS),,$(BIN)/patronage clean --spark)
	umask 077; $(SPARK)/bin/dbt build --target spark --target-path target/spark $(ARGS)

# The same shops on both engines, every mart compared row by row.
test-spark: $(SPARK)/.ready $(VENV)/.ready
	$(BIN)/python tests/spark/compare.py $(ARGS)

# The same on a Spark cluster (a master, two workers, a thrift server on this machine), parts of which are killed; an hour.
test-cluster: $(SPARK)/.ready $(VENV)/.ready
	$(BIN)/python tests/spark/cluster.py $(ARGS)

# What Superset makes of the published file of `make build`: datasets and charts over its API, beside SQL (two minutes,
# and 850 MB of packages at the first time).
test-bi: $(BI)/.ready
	$(BIN)/pytest tests/bi $(ARGS)

# Two files of tests at a time.
test: $(VENV)/.ready
	$(BIN)/pytest -n 2 --dist loadscope $(ARGS)

# What readers see while builds are killed, disks fill up and files are broken: all of it (half an hour).
test-faults: $(VENV)/.ready
	PATRONAGE_FAULTS=full $(BIN)/pytest -n 2 tests/pipeline/test_faults.py $(ARGS)

# A hash of every published table's rows, shop by shop; ARGS="--save FILE", "--against FILE", "--spark".
fingerprint: $(VENV)/.ready
	$(BIN)/python tests/fingerprint.py $(ARGS)

# Breaks one rule of the models at a time and writes tests/mutations.md: which test noticed (hours).
test-mutations: $(VENV)/.ready
	$(BIN)/python tests/mutations.py $(ARGS)

# Times a shop of a million orders, beside the oracle on the same files; ARGS="--folder DIR" keeps it there.
bench: $(VENV)/.ready
	$(BIN)/python tests/bench.py $(ARGS)

# The same shop on DuckDB, and on Spark with one core and with two (an hour).
bench-spark: $(SPARK)/.ready $(VENV)/.ready
	$(BIN)/python tests/bench.py --spark $(SPARK)/bin/dbt $(ARGS)

# All Python, and the SQL that differs from the branch main (without one: all of it), since dbt has to compile each
# file. After a change of a macro, and in CI: make lint SQL="models tests analyses", two minutes.
OF_SQL := -- 'models/*.sql' 'tests/*.sql' 'analyses/*.sql'
SQL = $(shell git diff --name-only --diff-filter=d --merge-base main $(OF_SQL) 2> /dev/null || echo models tests analyses) \
	$(shell git ls-files --others --exclude-standard $(OF_SQL))
lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(if $(strip $(SQL)),$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $(SQL))

# The metrics of models/semantic; ARGS="net_sales --group-by metric_time__month" asks for one.
metrics: $(VENV)/.ready
	$(BIN)/patronage metrics $(ARGS)

# A browsable description of every table and column; ARGS="--all": of every step as well.
docs: $(VENV)/.ready
	PATRONAGE_SALT= DBT_TARGET_PATH=$(or $(DBT_TARGET_PATH),target) $(BIN)/patronage docs $(ARGS)

# The lock file, anew from pyproject.toml.
lock: $(VENV)/.ready
	$(BIN)/uv pip compile --quiet --all-extras --generate-hashes --no-emit-index-url --no-header \
		--output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
		--output-file requirements-spark.lock tests/spark/requirements.in
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header \
		--output-file requirements-bi.lock tests/bi/requirements.in

# What was built in `warehouse` (and only that), then the environments.
clean:
	test ! -x $(BIN)/patronage || PATRONAGE_WAREHOUSE= $(BIN)/patronage clean
	rm -rf $(VENV) $(SPARK) $(BI) target logs
