#!/bin/sh
# make dist-test: builds the last commit twice, in two clones, and installs what came of it.
# As root, with dpkg, the Debian package is installed too, upgraded and purged: in a machine that may be thrown away.
set -eu

work=$(mktemp -d "${TMPDIR:-/tmp}/quiver-dist-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

passed() {
  echo "OK      $*"
}

skipped() {
  echo "NOT TESTED: $*"
}

expect() { # EXPECTED ACTUAL WHAT
  [ "$1" = "$2" ] || fail "$3: expected '$1', got '$2'"
}

version=$(sed -n 's,^  <version>\(.*\)</version>,\1,p' pom.xml)

build() { # FOLDER UMASK ZONE
  git clone -q . "$1"
  (umask "$2" && cd "$1" && TZ=$3 make dist deb > "$work/build.log" 2>&1) || {
    tail -30 "$work/build.log"
    fail "the build in $1"
  }
}

sums() {
  (cd "$1/target" && sha256sum quiver-coordinator.jar quiver-coordinator-*.tar.gz quiver-coordinator_*.deb)
}

reproducible() {
  build "$work/a" 022 UTC
  build "$work/another place" 077 Asia/Tokyo
  sums "$work/a" > "$work/first"
  sums "$work/another place" > "$work/second"
  cat "$work/first"
  cmp "$work/first" "$work/second" || fail "two builds of one commit differ"
  passed "two builds of one commit are equal: another folder, umask, zone and time"
}

archive() {
  mkdir "$work/un packed"
  tar -xzf "$work/a/target/quiver-coordinator-$version.tar.gz" -C "$work/un packed"
  ln -s "un packed/quiver-coordinator-$version/bin/quiver-coordinator" "$work/link"
  expect "quiver-coordinator $version" "$("$work/link" --version)" "the version"
  code=0
  "$work/link" status --endpoint http://127.0.0.1:1 > /dev/null 2>&1 || code=$?
  expect 1 "$code" "the exit code of status without a member"
  passed "the archive runs through a link, in a folder with blanks"

  # A JVM of today archives no classes of a jar whose path has blanks.
  mv "$work/un packed" "$work/unpacked"
  export QUIVER_COORDINATOR_CLASS_ARCHIVE="$work/else where.jsa"
  program="$work/unpacked/quiver-coordinator-$version/bin/quiver-coordinator"
  "$program" train-class-archive
  QUIVER_COORDINATOR_JVM_OPTS=-Xlog:class+load "$program" --version > "$work/loaded"
  grep -q 'quiverdb.*shared objects file (top)' "$work/loaded" || fail "classes do not come from the archive of classes"
  unset QUIVER_COORDINATOR_CLASS_ARCHIVE
  passed "the archive of classes may stand elsewhere"
  if command -v mandoc > /dev/null; then
    find "$work/unpacked" -name '*.1' -exec mandoc -T lint -W error {} + || fail "the manual"
    passed "mandoc finds no error in the manual"
  else
    skipped "the manual: mandoc is not installed"
  fi
}

status_of() {
  dpkg-query -W -f '${Status}' quiver-coordinator 2> /dev/null || echo none
}

# A lone member, as the unit starts it.
member() {
  cat > /etc/quiver-coordinator/coordinator.yaml <<'END'
node: { id: c1, data_dir: /var/lib/quiver-coordinator }
ensemble:
  name: packaged
  members: [ { id: c1, raft: "127.0.0.1:46336", http: "http://127.0.0.1:46335" } ]
http: { listen: "127.0.0.1:46335" }
raft: { listen: "127.0.0.1:46336" }
auth: { insecure: true }
bootstrap: { shards: [ "http://127.0.0.1:1" ] }
END
  (cd /var/lib/quiver-coordinator && umask 027 && exec setpriv --reuid quiver-coordinator --regid quiver-coordinator --init-groups \
    quiver-coordinator serve --config /etc/quiver-coordinator/coordinator.yaml) > "$work/member.log" 2>&1 &
  pid=$!
  tries=0
  until quiver-coordinator ids --endpoint http://127.0.0.1:46335 > /dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -ge 60 ] || ! kill -0 "$pid"; then
      cat "$work/member.log"
      fail "the member did not serve"
    fi
    sleep 1
  done
  kill -TERM "$pid"
  code=0
  wait "$pid" || code=$?
  expect 0 "$code" "the exit code after SIGTERM"
}

package() {
  deb=$(echo "$work"/a/target/quiver-coordinator_*.deb)
  expect none "$(status_of)" "an installation that is there already"
  for place in /etc/quiver-coordinator /var/lib/quiver-coordinator; do
    [ ! -e "$place" ] || fail "$place is there already"
  done

  dpkg -i "$deb" > "$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; fail "dpkg -i"; }
  expect "750 quiver-coordinator quiver-coordinator" "$(stat -c '%a %U %G' /var/lib/quiver-coordinator)" "the data directory"
  expect "640 root quiver-coordinator" "$(stat -c '%a %U %G' /etc/quiver-coordinator/environment)" "the environment"
  expect "750 root quiver-coordinator" "$(stat -c '%a %U %G' /etc/quiver-coordinator/keys)" "the keys"
  [ -s /usr/lib/quiver-coordinator/lib/quiver-coordinator.jsa ] || fail "there is no archive of classes"
  [ ! -e /etc/quiver-coordinator/coordinator.yaml ] || fail "a configuration was made up"
  expect "quiver-coordinator $version" "$(quiver-coordinator --version)" "the version"
  man quiver-coordinator-shards-add > /dev/null 2>&1 || skipped "man quiver-coordinator-shards-add"
  member
  passed "the package is installed, and a member runs as its user"

  echo "# mine" >> /etc/quiver-coordinator/jvm.args
  dpkg-deb -R "$deb" "$work/newer"
  sed -i 's/^Version: .*/Version: 99.0/' "$work/newer/DEBIAN/control"
  echo "# theirs" >> "$work/newer/etc/quiver-coordinator/environment"
  dpkg-deb --root-owner-group -Zgzip -b "$work/newer" "$work/newer.deb" > /dev/null
  before=$(stat -c %i /usr/lib/quiver-coordinator/lib/quiver-coordinator.jsa)
  DEBIAN_FRONTEND=noninteractive dpkg -i "$work/newer.deb" > "$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; fail "the upgrade"; }
  expect "install ok installed" "$(status_of)" "the state after the upgrade"
  grep -q '# mine' /etc/quiver-coordinator/jvm.args || fail "an edited file was overwritten"
  grep -q '# theirs' /etc/quiver-coordinator/environment || fail "an untouched file was not renewed"
  expect "640 root quiver-coordinator" "$(stat -c '%a %U %G' /etc/quiver-coordinator/environment)" "the environment after the upgrade"
  [ "$before" != "$(stat -c %i /usr/lib/quiver-coordinator/lib/quiver-coordinator.jsa)" ] || fail "the archive of classes is the old one"
  member
  passed "an upgrade keeps what was edited and the data"

  dpkg -r quiver-coordinator > "$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; fail "dpkg -r"; }
  [ ! -e /usr/lib/quiver-coordinator ] || fail "removal left $(find /usr/lib/quiver-coordinator)"
  [ -e /etc/quiver-coordinator/coordinator.yaml ] || fail "removal took the configuration"
  dpkg -P quiver-coordinator > "$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; fail "dpkg -P"; }
  expect none "$(status_of)" "the state after the purge"
  [ ! -e /etc/quiver-coordinator ] || fail "the purge left the configuration"
  [ -e /var/lib/quiver-coordinator/identity.json ] || fail "the purge took a member's data"
  passed "a purge takes the configuration and leaves a member's data"
  rm -rf /var/lib/quiver-coordinator
  deluser --quiet --system quiver-coordinator

  if command -v lintian > /dev/null; then
    lintian --allow-root --fail-on error,warning "$deb" || fail "lintian"
    passed "lintian finds neither errors nor warnings"
  else
    skipped "the package's form: lintian is not installed"
  fi
}

reproducible
archive
if [ "$(id -u)" = 0 ] && command -v dpkg > /dev/null; then
  package
else
  skipped "the Debian package: this takes root and dpkg"
fi
