# shellcheck shell=bash
# What the commands of this folder share: messages, Debian packages, configuring and building. To be sourced.

set -euo pipefail

# The system's own tools, whatever else stands in the caller's PATH; dpkg wants the sbin folders.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
packages_file=$root/packaging/debian-packages.txt
may_install=yes

readonly exit_unavailable=5  # as the programs have it

# Without a terminal nobody can answer, so that nothing may wait for an answer; also when there is no standard input at all.
[[ -t 0 ]] || exec </dev/null

# Messages go to stderr: stdout belongs to the program that is run.
if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' red='' plain=''
fi

say() {
    printf '%s==>%s %s\n' "$bold" "$plain" "$*" >&2
}

# fail CODE LINE...
fail() {
    local code=$1 line
    shift
    printf '%s%s: %s%s\n' "$red" "${0##*/}" "$1" "$plain" >&2
    shift
    for line in "$@"; do
        printf '  %s\n' "$line" >&2
    done
    exit "$code"
}

# packages_of GROUP...: the package names of these groups.
packages_of() {
    local group
    for group in "$@"; do
        sed -n "/^\[$group\]\$/,/^\[/{/^[a-z0-9]/p}" "$packages_file"
    done
}

# installed_packages: what is installed, and what others that are installed provide: Node.js's own package has npm in it.
installed_packages() {
    # shellcheck disable=SC2016  # these are dpkg's
    dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n '/^installed /{s///;s/ ([^)]*)//g;s/, */\n/g;p}'
}

# missing_packages GROUP...: those of their packages that are not installed.
missing_packages() {
    packages_of "$@" | grep --invert-match --line-regexp --fixed-strings --file=<(installed_packages) || true
}

# as_root COMMAND...: runs it as root, through sudo when needed.
as_root() {
    if [[ $EUID -eq 0 ]]; then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo --non-interactive "$@"
    fi
}

apt() {
    # The time-out is for another apt that runs at this moment.
    as_root env DEBIAN_FRONTEND=noninteractive apt-get --quiet --option DPkg::Lock::Timeout=300 "$@" </dev/null >&2
}

check_may_become_root() {
    local packages=$*
    [[ $EUID -eq 0 ]] && return
    command -v sudo >/dev/null || fail $exit_unavailable 'packages are missing and there is no sudo here' \
        "Ask an administrator to run:  apt-get install --no-install-recommends $packages" 'Then start this command again.'
    as_root true || fail $exit_unavailable 'packages are missing and this user cannot install them through sudo' \
        "(sudo's own message stands above; without a terminal it cannot ask for a password.)" \
        "Ask an administrator to run:  apt-get install --no-install-recommends $packages" 'Then start this command again.'
}

# knows_packages PACKAGE...: whether apt's lists offer all of them.
knows_packages() {
    local package
    for package in "$@"; do
        [[ $(LC_ALL=C apt-cache policy "$package" 2>/dev/null) == *'Candidate: '[!\(]* ]] || return 1
    done
}

# install_packages GROUP...: whatever is missing of these groups.
install_packages() {
    local missing
    if ! { command -v dpkg-query && command -v apt-get; } >/dev/null; then
        fail $exit_unavailable 'this is no Debian system: dpkg and apt-get are not here' \
            "The packages needed are listed in $packages_file"
    fi
    mapfile -t missing < <(missing_packages "$@")
    if [[ ${#missing[@]} -eq 0 ]]; then
        say 'packages: all needed ones are installed'
        return
    fi
    [[ $may_install == yes ]] || fail $exit_unavailable 'packages are missing, and --no-install forbids to install them' \
        "Missing: ${missing[*]}"
    check_may_become_root "${missing[@]}"
    say "packages: installing ${missing[*]}$([[ $EUID -eq 0 ]] || echo ' (through sudo)')"
    knows_packages "${missing[@]}" || apt update || true
    # Package lists that are out of date name files that are gone: then once more with fresh ones.
    apt install --yes --no-install-recommends "${missing[@]}" ||
        { apt update && apt install --yes --no-install-recommends "${missing[@]}"; } ||
        fail $exit_unavailable 'apt-get could not install all packages' "Its messages stand above. Needed: ${missing[*]}"
}

# The AWS SDK for JavaScript, as tests/sdk/javascript/package-lock.json has it, for all builds; once.
install_javascript() {
    local from=$root/tests/sdk/javascript folder=$root/build/javascript
    if cmp --quiet "$from/package-lock.json" "$folder/installed.json" && [[ -d $folder/node_modules ]]; then
        return
    fi
    if [[ $may_install == no ]]; then
        say 'AWS SDK for JavaScript: not installed, and --no-install forbids it; its tests are skipped'
        export KEYCONVOY_INSTALL=no
        return
    fi
    prepare_build_folder "$folder"
    say "AWS SDK for JavaScript: npm ci, in $folder"
    rm -rf -- "$folder/installed.json" "$folder/node_modules"
    cp "$from/package.json" "$from/package-lock.json" "$folder/"
    # No script of a package is run; npm itself has the words for what is wrong with a proxy or a certificate.
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2) ||
        fail $exit_unavailable 'npm could not install the AWS SDK for JavaScript' \
            "Its messages stand above. The registry asked is $(npm config get registry 2>/dev/null || echo unknown)" \
            'If it cannot be reached from here, set a registry or a proxy (npm config set registry URL, or https-proxy),' \
            'or leave these tests out: --no-install'
    cp "$folder/package-lock.json" "$folder/installed.json"
}

# The compiler cache is used where it is installed and has a place to live; hits do not depend on where the clone stands.
compiler_launcher() {
    if command -v ccache >/dev/null && [[ -w ${CCACHE_DIR:-${HOME:-/nonexistent}} ]]; then
        echo ccache
    fi
}

prepare_build_folder() {
    # A clone that was moved: the build's own files name the old place.
    if [[ -f $1/CMakeCache.txt ]] && ! grep --quiet --line-regexp --fixed-strings "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$1/CMakeCache.txt"; then
        rm -rf -- "$1"
    fi
    if ! mkdir -p "$1" || [[ ! -w $1 ]]; then
        fail $exit_unavailable "the build folder $1 cannot be written" \
            'It may belong to another user who built here before: remove it, or go on as that user.'
    fi
}

# configure_and_build PRESET [OPTION...] [-- TARGET...]
configure_and_build() {
    local preset=$1 folder=$root/build/$1 options=() launcher started=$SECONDS
    shift
    while [[ $# -gt 0 && $1 != -- ]]; do
        options+=("$1")
        shift
    done
    [[ $# -eq 0 ]] || shift
    launcher=$(compiler_launcher)
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    prepare_build_folder "$folder"
    say "configure: preset $preset, in $folder"
    cmake -S "$root" --preset "$preset" -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" "${options[@]}" >&2 ||
        fail 1 'configuring failed; the messages stand above'
    say "build: $(nproc) jobs; the first time takes some minutes"
    cmake --build "$folder" --parallel "$(nproc)" ${1:+--target "$@"} >&2 || fail 1 'the build failed; the messages stand above'
    say "build: done after $((SECONDS - started)) s"
}
