#!/usr/bin/env bash
# Install what the tests of VS Code need, by npm, into $NOTES_LSP_VSCODE or else ~/.cache/notes-lsp-dev/vscode (400 MB):
#
#   code-server/  VS Code for a browser, with just those of its native parts built that editing needs
#   driver/       playwright-core, which drives a Chromium that is already there
#   client.vsix   the extension of tests/editors/vscode/client, for any VS Code
#   probe.vsix    what lets a test look into a running VS Code
#
# `tools/vscode_setup.sh client DIR` only makes DIR/client.vsix. Needs node, npm, python3, and for the tests a C++
# compiler, make, ripgrep and a Chromium. What is there already is left as it is, so that a second run takes no time.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
sources=$root/tests/editors/vscode
code_server=4.100.3
# The node that this code-server is made for.
node_major=20

export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false npm_config_loglevel=error
export npm_config_fetch_retries=5 npm_config_fetch_retry_maxtimeout=20000

main() {
    for program in node npm python3; do
        command -v "$program" >/dev/null || fail "$program is missing"
    done
    if [[ ${1:-} == client ]]; then
        goal=$(mkdir -p "${2:?a folder is missing}" && cd "$2" && pwd)
        make_in_peace client
        mv "$made/client.vsix" "$goal/"
        return
    fi
    goal=${NOTES_LSP_VSCODE:-$HOME/.cache/notes-lsp-dev/vscode}
    mkdir -p "$goal"
    goal=$(cd "$goal" && pwd)
    install code-server "$code_server"
    install client "$(cat "$sources"/package*.json "$sources"/client/* "$sources"/probe/* "${BASH_SOURCE[0]}" | cksum)"
}

# Each part is made beside the others and moved to its place when it is whole; a stamp says what it was made from.
install() {
    local part=$1 version=$2 stamp=$goal/$1.stamp
    [[ ! -e $stamp || $(<"$stamp") != "$version" ]] || return 0
    for program in c++ make rg; do
        command -v "$program" >/dev/null || fail "$program is missing"
    done
    rm -f "$stamp"
    make_in_peace "$part"
    for piece in "$made"/*; do
        rm -rf "${goal:?}/${piece##*/}"
        mv "$piece" "$goal/"
    done
    rmdir "$made"
    echo "$version" >"$stamp"
}

make_in_peace() {
    mkdir -p "$goal"
    made=$(mktemp -d "$goal/.making-XXXXXX")
    trap 'rm -rf "$made"' EXIT
    echo "vscode_setup: making $1 in $goal"
    local attempt log=$made.log
    for attempt in 1 2 3; do
        # In the background, since a command that is tested by `if` goes on after its own failures.
        (cd "$made" && exec >"$log" 2>&1 && "make_${1//-/_}") &
        if wait $!; then
            rm -f "$log"
            return
        fi
        echo "vscode_setup: attempt $attempt failed" >&2
        find "$made" -mindepth 1 -delete
        sleep $((attempt * 3))
    done
    tail -n 40 "$log" >&2
    fail "$1 could not be made; all it said is in $log"
}

make_code_server() {
    mkdir code-server
    cd code-server
    echo '{ "private": true }' >package.json
    find_node
    # Its own scripts would download a browser's worth of things from elsewhere.
    npm install --ignore-scripts "code-server@$code_server"
    npm rebuild argon2
    cd node_modules/code-server/lib/vscode
    npm install --omit=dev --ignore-scripts
    npm rebuild @vscode/spdlog native-watchdog
    mkdir -p node_modules/@vscode/ripgrep/bin
    ln -sf "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
    ln -sfn node_modules node_modules.asar
}

# Leaves the right node in ./node: the one on PATH if it is that and its headers lie beside it, else one from npm.
find_node() {
    local here
    here=$(node -p 'require("path").dirname(require("path").dirname(process.execPath))')
    if [[ $(node -p 'process.versions.node.split(".")[0]') != "$node_major" || ! -e $here/include/node/node.h ]]; then
        local package
        package=node-$(node -p 'process.platform + "-" + process.arch')
        npm install --ignore-scripts "$package@$node_major"
        here=$PWD/node_modules/$package
        PATH=$here/bin:$PATH
    fi
    export npm_config_nodedir=$here
    if [[ $here == "$PWD"/* ]]; then here=${here#"$PWD/"}; fi
    ln -s "$here/bin/node" node
}

make_client() {
    mkdir driver
    cp "$sources"/package*.json driver/
    (cd driver && npm ci --ignore-scripts)
    mkdir -p client/extension probe/extension
    cp "$sources"/client/package.json client/extension/
    cp "$root/LICENSE" client/extension/LICENSE.txt
    # Bundled, so that nobody who installs the client needs npm.
    NODE_PATH=$PWD/driver/node_modules driver/node_modules/.bin/esbuild "$sources/client/extension.js" --bundle \
        --platform=node --target=node18 --external:vscode --minify --outfile=client/extension/extension.js
    cp "$sources"/probe/* probe/extension/
    pack client
    pack probe
}

# An extension's package is a zip archive with two lists beside it.
pack() {
    cd "$1"
    python3 - <<'PYTHON'
import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

package = json.loads(Path("extension/package.json").read_text())
Path("[Content_Types].xml").write_text(
    '<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension=".json" ContentType="application/json"/>'
    '<Default Extension=".js" ContentType="application/javascript"/>'
    '<Default Extension=".txt" ContentType="text/plain"/>'
    '<Default Extension=".vsixmanifest" ContentType="text/xml"/></Types>'
)
Path("extension.vsixmanifest").write_text(f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id={quoteattr(package["name"])} Version={quoteattr(package["version"])}
      Publisher={quoteattr(package["publisher"])}/>
    <DisplayName>{escape(package["displayName"])}</DisplayName>
    <Description xml:space="preserve">{escape(package["description"])}</Description>
    <Categories>Other</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(package["engines"]["vscode"])}/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/></Assets>
</PackageManifest>
""")
PYTHON
    python3 -m zipfile -c "../$1.vsix" extension extension.vsixmanifest '[Content_Types].xml'
    cd ..
    rm -r "$1"
}

fail() {
    echo "vscode_setup: $*" >&2
    exit 1
}

main "$@"
