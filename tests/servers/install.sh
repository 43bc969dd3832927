#!/bin/sh
# Install what the tests talk to: a Dovecot, the Gmail emulator, and with --all the other mail servers.
# Quiet and quick when everything is there. Where it may not install, it says what to type and goes on: the tests
# concerned are then skipped by name, or fail where CI=true.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# Kept outside the checkout, so that a fresh clone finds it again.
peers=${MAILHOOK_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/mailhook-tests}
all=no
[ "${1:-}" = --all ] && all=yes

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
have_dovecot() { [ -x /usr/sbin/dovecot ] || have dovecot; }
may_apt() { have apt-get && [ "$(id -u)" = 0 ]; }

apt() { # only for packages that are missing; the lists are fetched again only where the first try fails
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
    apt-get update -qq >/dev/null 2>&1 || say "apt-get update failed; trying with the package lists at hand"
    apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_dovecot() {
    have_dovecot && return
    if may_apt; then
        say "Installing Dovecot for the tests ..."
        # Its own service is not wanted: the tests start theirs on ports of their own.
        apt dovecot-imapd
        return
    fi
    case $(uname -s) in
        Linux)
            if have apt-get; then
                say "The IMAP tests need Dovecot. Type: sudo apt-get install -y --no-install-recommends dovecot-imapd"
            else
                say "The IMAP tests need Dovecot 2.3 (dovecot and doveadm) from your distribution's packages."
            fi
            ;;
        Darwin) say "The IMAP tests need Dovecot 2.3. Type: brew install dovecot   (Homebrew may have 2.4, whose configuration differs: those tests then say so)" ;;
        *) say "The IMAP tests need Dovecot 2.3, which this script cannot install here." ;;
    esac
    say "Until then the tests marked dovecot do not run."
}

# --- The Gmail emulator -------------------------------------------------------------------------------------------------------
install_emulator() {
    lock=$here/gmail/package-lock.json
    cmp -s "$lock" "$peers/gmail/installed" && return
    if ! have npm || ! node -e 'process.exitCode = Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0' 2>/dev/null; then
        say "The Gmail tests need Node.js 20 or newer with npm: https://nodejs.org/en/download"
        say "Until then the tests marked emulator do not run."
        return
    fi
    say "Installing the Gmail emulator for the tests ..."
    mkdir -p "$peers/gmail"
    cp "$here/gmail/package.json" "$lock" "$peers/gmail/"
    if (cd "$peers/gmail" && npm ci --silent --ignore-scripts --no-audit --no-fund >/dev/null); then
        cp "$lock" "$peers/gmail/installed"
    else
        say "npm could not install the Gmail emulator; the tests marked emulator do not run."
    fi
}

# --- The other servers (make test-servers) ------------------------------------------------------------------------------------
# The IMAP servers of Debian exclude each other, so all but Dovecot are unpacked side by side and run from there.
install_pymap() {
    [ -x "$peers/pymap/bin/pymap" ] && return
    say "Installing pymap for the tests ..."
    rm -rf "$peers/pymap"
    if ! { "${PYTHON:-python3}" -m venv "$peers/pymap" &&
        "$peers/pymap/bin/pip" install --quiet --disable-pip-version-check pymap==0.36.7; }; then
        rm -rf "$peers/pymap"
        say "pymap could not be installed (it needs Python 3.11 with venv, and PyPI); its tests do not run."
    fi
}

unpack() { # NAME PACKAGE...: into $peers/NAME, once, with the libraries that this machine lacks
    name=$1
    shift
    [ -e "$peers/$name/.complete" ] && return
    if ! have apt-get || ! have dpkg; then
        say "The tests against $name need Debian's packages (apt-get and dpkg); they do not run here."
        return
    fi
    say "Unpacking $name for the tests ..."
    rm -rf "${peers:?}/$name"
    mkdir -p "$peers/$name/.debs"
    fetch() {
        needed=$(apt-get install -s --no-install-recommends "$@" 2>/dev/null |
            sed -nE 's/^Inst ((lib|db|cyrus|courier|gamin|sasl2)[^ ]*).*/\1/p' | grep -v -e '-dev$')
        # shellcheck disable=SC2086  # a list of package names
        (cd "$peers/$name/.debs" && apt-get download -qq $needed >/dev/null 2>&1)
    }
    if fetch "$@" || { may_apt && apt-get update -qq >/dev/null 2>&1 && fetch "$@"; }; then
        for deb in "$peers/$name/.debs/"*.deb; do dpkg -x "$deb" "$peers/$name"; done
        rm -rf "$peers/$name/.debs"
        touch "$peers/$name/.complete"
    else
        rm -rf "${peers:?}/$name"
        say "The packages for $name could not be fetched; its tests do not run."
    fi
}

install_others() {
    install_pymap
    unpack cyrus cyrus-imapd sasl2-bin
    unpack courier courier-imap
}

mkdir -p "$peers"
install_dovecot
install_emulator
if [ "$all" = yes ]; then install_others; fi
