.DEFAULT_GOAL := help
.PHONY: help run test prove windows faults deploy-check mutation coverage audit bench screenshots lint format message-types lock vendor clean floors

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## serve Tracker with demo data on http://127.0.0.1:8000/ (PORT=... for another port)
	@scripts/setup.sh run
	@exec .venv/bin/python scripts/serve.py

test: ## run every test, in a browser too, and what may differ on both databases
	@scripts/test.sh

prove: windows faults mutation deploy-check ## before a release: everything on both databases, every window, every fault, every mutant, throw-away machines (hours)
	@ON_BOTH=all scripts/test.sh

windows: ## play every sentence of the screens at three widths, light and dark (about ten minutes)
	@scripts/setup.sh test
	WINDOWS=all .venv/bin/python -m pytest -q tests/browser/test_*_every_window.py \
		tests/browser/test_a_night_on_watch.py tests/browser/test_keyboard_only.py

faults: ## play every fault a hundred times or for a minute, send anything to every address, on both databases (about two hours; FAULT_SEED=... repeats a run)
	@scripts/setup.sh test
	FAULTS=full .venv/bin/python -m pytest -q tests/faults
	FAULTS=full scripts/with_services.sh .venv/bin/python -m pytest -q tests/faults

deploy-check: ## provision throw-away machines, and break them in every way (as root; about a quarter of an hour)
	@scripts/deploy_check.sh

mutation: ## change the live map's store, and matching and numbering, in every small way, and see that a test notices each (an hour or more)
	@scripts/setup.sh mutation
	tests/mutation/node_modules/.bin/stryker run tests/mutation/stryker.config.json
	scripts/with_services.sh build/mutation/bin/python -m tests.mutation.run

coverage: ## print the lines of the server that no test reaches, but for those in a browser and under faults
	@scripts/setup.sh test
	scripts/with_services.sh .venv/bin/python -m pytest -q --cov --cov-report=term-missing:skip-covered tests \
		--ignore=tests/browser --ignore=tests/faults --ignore=tests/deploy

audit: ## look for known holes in the libraries that are locked (asks a database on the internet)
	@scripts/setup.sh run
	@[ -x build/audit/bin/pip-audit ] || { .venv/bin/python -m venv build/audit && build/audit/bin/pip install -q pip-audit; }
	build/audit/bin/pip-audit --disable-pip --require-hashes -r requirements.txt

bench: ## measure against stock Channels, socket.io, ws and nats-server (about half an hour on a quiet machine)
	@scripts/setup.sh bench
	.venv/bin/python -m benchmarks.run

screenshots: ## take the pictures of docs/user-guide.md again
	@scripts/setup.sh test
	.venv/bin/python scripts/screenshots.py

lint: ## check style and types
	@scripts/setup.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy
	node_modules/.bin/biome check --error-on-warnings
	node_modules/.bin/tsc
	node_modules/.bin/tsc -p tsconfig.strict.json

format: ## format the code
	@scripts/setup.sh test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	node_modules/.bin/biome check --write

message-types: ## write the messages of tracker/events/messages.py as types for the scripts again
	@scripts/setup.sh test
	.venv/bin/python scripts/generate_message_types.py

floors: ## draw the picture of the floors in docs/architecture.md again, after a change of the contract in pyproject.toml
	@scripts/setup.sh test
	.venv/bin/python scripts/draw_floors.py

lock: ## lock requirements.in, requirements-dev.in and tests/mutation/requirements.in with hashes (needs uv)
	uv pip compile requirements.in --generate-hashes --universal --python-version 3.11 --no-header -o requirements.txt
	uv pip compile requirements-dev.in --generate-hashes --universal --python-version 3.11 --no-header -c requirements.txt -o requirements-dev.txt
	uv pip compile tests/mutation/requirements.in --generate-hashes --universal --python-version 3.11 --no-header -o tests/mutation/requirements.txt

vendor: ## fetch the browser's third-party files again (needs npm)
	scripts/vendor.sh

clean: ## remove the virtual environment, npm's packages and what the tests left (never the database or .env)
	rm -rf .venv node_modules tests/mutation/node_modules staticfiles test.sqlite3* .pytest_cache .mypy_cache .ruff_cache .hypothesis
