#!/bin/sh
# Make .venv, or bring it up to date with pyproject.toml. Called by `make setup`; PYTHON=... chooses the interpreter.
# VENV=... chooses another folder. What is installed is what constraints.txt names, with NEWEST=yes the newest there is.
#
# uv is used when it is there, else venv and pip. After one run nothing here needs a network: the Makefile calls this
# again only when pyproject.toml has changed.
set -eu
cd "$(dirname "$0")/.."

venv=${VENV:-.venv}

fail() {
    echo "setup: $*" >&2
    exit 1
}

new_enough() {
    # Asks by running it: a version manager's shim may stand on PATH for a Python that is not installed.
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

can_make_environments() {
    [ -n "$uv" ] || "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

find_python() {
    lacking=
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.14 python3.13 python3.12 python3.11 python3 python; fi
    for candidate; do
        new_enough "$candidate" || continue
        if can_make_environments "$candidate"; then
            echo "$candidate"
            return
        fi
        lacking=$candidate
    done
    [ -z "$lacking" ] || fail "$lacking lacks the venv module (Debian, Ubuntu: apt-get install python3-venv)"
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.11 or newer"
    fail "no Python 3.11 or newer found; install one, or say where it is: make setup PYTHON=/path/to/python3"
}

install() {
    if [ -n "$uv" ]; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
}

uv=$(command -v uv || true)
if ! new_enough "$venv/bin/python"; then
    python=$(find_python)
    echo "setup: making $venv with $("$python" --version)"
    rm -rf "$venv"
    if [ -n "$uv" ]; then uv venv --quiet --python "$python" "$venv"; else "$python" -m venv "$venv"; fi
fi
echo "setup: installing notes-lsp and what its tests need"
if [ -n "${NEWEST:-}" ]; then set -- --upgrade; else set -- --constraint constraints.txt; fi
install "$@" --editable '.[dev]'
install "$@" --editable '.[editors]' || echo "setup: no Neovim for this platform; its tests will look for nvim on PATH" >&2
