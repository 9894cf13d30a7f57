# Shared by the scripts in this folder.

# Runs a command under a heading and says how long it took.
step() {
  local name=$1 start=$SECONDS
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

# Installs what is missing, as far as this machine lets us; says what it could not.
need_tools() {
  need_packages
  need_postgres
  need_redis
  need_haproxy
  need_cargo
  need_wasm
  need_node
  need_browser
}

# Cargo, which rustup makes fetch the toolchain that the tree names.
need_cargo() {
  command -v cargo >/dev/null || { echo "Rust is missing: install it from https://rustup.rs" >&2; exit 1; }
}

# The folder of the newest PostgreSQL server's programs, 15 or newer; nothing if there is none.
postgres_programs() {
  local version
  for version in 18 17 16 15; do
    if [ -x "/usr/lib/postgresql/$version/bin/initdb" ]; then
      echo "/usr/lib/postgresql/$version/bin"
      return
    fi
  done
}

# A C and a C++ compiler: SQLite, ring and libFuzzer are built from source.
need_packages() {
  local missing=()
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v c++ >/dev/null || missing+=(g++)
  install_packages "${missing[@]}"
}

# PostgreSQL, of which the tests start servers of their own.
need_postgres() {
  [ -n "$(postgres_programs)" ] || install_packages postgresql
}

# Redis, of which the tests of the limits start servers of their own.
need_redis() {
  command -v redis-server >/dev/null || install_packages redis-server
}

# HAProxy, the TLS proxy before a cluster's gateways, and OpenSSL, which makes its certificate.
need_haproxy() {
  local missing=()
  command -v haproxy >/dev/null || missing+=(haproxy)
  command -v openssl >/dev/null || missing+=(openssl)
  install_packages "${missing[@]}"
}

# Installs packages of the system, where it may; says what is to be installed where it may not.
install_packages() {
  [ $# -eq 0 ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq "$@"
  else
    echo "please install: $*" >&2
    exit 1
  fi
}

# Node 20.19 or newer and npm, which build the voters' page.
need_node() {
  local version
  version=$(node --version 2>/dev/null | sed 's/^v//') || true
  if ! command -v npm >/dev/null || [ "$(printf '%s\n' 20.19 "${version:-0}" | sort -V | head -1)" != 20.19 ]; then
    echo "Node 20.19 or newer is missing: https://nodejs.org" >&2
    exit 1
  fi
}

# The target of the page's WebAssembly.
need_wasm() {
  command -v rustup >/dev/null || return 0
  rustup target list --installed | grep -qx wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
}

# Chromium, in which the page is tested.
need_browser() {
  command -v chromium >/dev/null && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium
  else
    echo "please install: chromium" >&2
    exit 1
  fi
}
