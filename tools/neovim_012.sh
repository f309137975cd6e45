#!/usr/bin/env bash
# Unpack a Neovim 0.12 beside the system, into $NOTES_LSP_NEOVIM_012 or else ~/.cache/notes-lsp-dev/neovim-0.12 (60 MB).
#
# For the tests, which run on the Neovim of the wheel (0.11) and on this one. It is Debian's, of the first newer suite
# that has it, with every library it needs down to the C library, so that it runs on an older system; nothing is
# installed. Needs apt-get, dpkg-deb and patchelf. What is there already is left as it is: a second run takes no time.
set -euo pipefail
goal=$(realpath -m "${NOTES_LSP_NEOVIM_012:-$HOME/.cache/notes-lsp-dev/neovim-0.12}")
suites=(trixie-backports forky sid)
wanted=0.12

main() {
    if is_whole; then
        return
    fi
    local program suite
    for program in apt-get dpkg-deb patchelf; do
        command -v "$program" >/dev/null || fail "$program is missing"
    done
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [[ -n $release ]] || fail "/etc/os-release does not name this system's release"
    mkdir -p "$(dirname "$goal")"
    made=$(mktemp -d "$goal.making-XXXXXX")
    log=$made/log
    trap 'rm -rf "$made"' EXIT
    for suite in "${suites[@]}"; do
        if has_it "$suite"; then
            echo "neovim_012: unpacking Neovim $version of $suite in $goal"
            unpack
            return
        fi
    done
    fail "none of ${suites[*]} has Neovim $wanted by the package sources of this system; the last log: $(tail -n 3 "$log")"
}

is_whole() {
    [[ -x $goal/bin/nvim ]] && "$goal/bin/nvim" --version 2>/dev/null | grep -q "^NVIM v$wanted\."
}

# Whether a suite, asked for by this system's own package sources, has the version that is wanted; sets $version.
has_it() {
    write_sources "$1"
    grep -q . "$made"/sources.list.d/* 2>/dev/null || fail "no package source of this system is of $release"
    # The lists are tried again, since mirrors are out of reach at times.
    apt_get update >"$log" 2>&1 || apt_get update >"$log" 2>&1 || return 1
    version=$("${apt_cache[@]}" show neovim 2>>"$log" | sed -n 's/^Version: //p' | head -n 1)
    [[ $version == "$wanted".* ]]
}

# The sources of this system's own release, with the name of the suite replaced: in the one format and in the other.
write_sources() {
    rm -rf "$made/sources.list.d" "$made/lists"
    mkdir -p "$made"/{sources.list.d,lists/partial,archives/partial}
    : >"$made/status"
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ ! -r $file ]] || sed -nE "s/^(deb +(\[[^]]*\] +)?[^ ]+) +$release( .*)/\1 $1\3/p" "$file"
    done >"$made/sources.list.d/lines.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [[ ! -r $file ]] || awk -v RS= -v ORS='\n\n' -v release="$release" -v suite="$1" '
            $0 ~ "(^|\n)Suites:([^\n]*[ \t])?" release "([ \t]|\n|$)" {
                $0 = "\n" $0
                gsub(/\nSuites:[^\n]*/, "\nSuites: " suite)
                print
            }' "$file"
    done >"$made/sources.list.d/stanzas.sources"
    local options=(
        -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$made/sources.list.d" -o Dir::Etc::preferencesparts=/dev/null
        -o Dir::Etc::preferences=/dev/null -o "Dir::State=$made" -o "Dir::State::status=$made/status"
        -o "Dir::State::lists=$made/lists" -o "Dir::Cache::archives=$made/archives" -o Dir::Cache::pkgcache=
        -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Debug::NoLocking=true
    )
    apt_get=(apt-get -qq "${options[@]}")
    apt_cache=(apt-cache "${options[@]}")
}

apt_get() { "${apt_get[@]}" "$@"; }

unpack() {
    apt_get install --yes --download-only neovim >"$log" 2>&1 || apt_get install --yes --download-only neovim >"$log" 2>&1 ||
        fail "downloading failed: $(tail -n 5 "$log")"
    local package libraries
    for package in "$made"/archives/*.deb; do
        dpkg-deb --extract "$package" "$made/root"
    done
    # By where they will be: the whole is moved to its place in one step.
    libraries=$(cd "$made/root" && echo usr/lib/*-linux-gnu*)
    (cd "$made/root" && patchelf --set-interpreter "$(interpreter)" --force-rpath --set-rpath "$goal/root/$libraries" usr/bin/nvim)
    mkdir "$made/bin"
    ln -s ../root/usr/bin/nvim "$made/bin/nvim"
    rm -rf "$made"/{archives,lists,status,sources.list.d,log} "$goal"
    mv "$made" "$goal"
    is_whole || fail "what was unpacked does not run: $("$goal/bin/nvim" --version 2>&1 | head -n 3)"
}

interpreter() {
    echo "$goal/root/$(ls -d usr/lib/*-linux-gnu*/ld-linux*.so.* | head -n 1)"
}

fail() {
    echo "neovim_012: $*" >&2
    exit 1
}

main "$@"
