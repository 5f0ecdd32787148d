#!/usr/bin/env bash
# make api-fuzz: asks a member what openapi.yaml allows and what it does not (schemathesis, with a fixed seed), then compiles
# a client that openapi-generator makes of it. Needs python3, curl, a JDK and Maven; asks PyPI and Maven's registry once.
set -euo pipefail

schemathesis=4.32.5
# One for each version: another one is not taken for it.
cache=.cache/api-fuzz/$schemathesis
generator=7.25.0
jar=${JAR:-target/quiver-coordinator.jar}

work=$(mktemp -d "${TMPDIR:-/tmp}/quiver-api-fuzz.XXXXXX")
member=
finish() {
  if [ -n "$member" ]; then
    kill "$member" 2> /dev/null || true
    wait "$member" 2> /dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

if [ ! -x "$cache/bin/schemathesis" ]; then
  python3 -m venv "$cache"
  "$cache/bin/pip" install -q "schemathesis==$schemathesis"
fi

read -r port raft <<< "$(python3 -c '
import socket
taken = [socket.socket() for _ in range(2)]
for one in taken: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in taken))')"
url=http://127.0.0.1:$port
key=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
cat > "$work/c1.yaml" << EOF
node: { id: c1, data_dir: $work/data }
ensemble: { name: fuzz, members: [ { id: c1, raft: "127.0.0.1:$raft", http: "$url" } ] }
http: { listen: "127.0.0.1:$port" }
raft: { listen: "127.0.0.1:$raft" }
auth: { api_keys: [ { id: ops, role: admin, secret: $key } ] }
bootstrap: { shards: [ "http://127.0.0.1:9", "http://127.0.0.1:10" ] }
EOF
chmod 600 "$work/c1.yaml"
java -jar "$jar" serve --config "$work/c1.yaml" > "$work/c1.log" 2>&1 &
member=$!
curl -sf --retry 60 --retry-delay 1 --retry-all-errors "$url/readyz" > /dev/null || { cat "$work/c1.log" >&2; exit 1; }
curl -sf -H "Authorization: Bearer $key" "$url/openapi.json" > "$work/openapi.json"

"$cache/bin/schemathesis" --config-file src/test/sh/schemathesis.toml run "$work/openapi.json" -u "$url" -H "Authorization: Bearer $key"
if grep -q 'is a defect' "$work/c1.log"; then
  grep -A 20 'is a defect' "$work/c1.log" >&2
  exit 1
fi

mvn -B -ntp -q dependency:copy -Dartifact="org.openapitools:openapi-generator-cli:$generator" -DoutputDirectory="$cache"
java -jar "$cache/openapi-generator-cli-$generator.jar" generate -g java --library native -i "$work/openapi.json" -o "$work/client" \
  > "$work/generator.log" 2>&1 || { cat "$work/generator.log" >&2; exit 1; }
mvn -B -ntp -q -f "$work/client/pom.xml" -Dmaven.test.skip=true compile
echo "OK      what is asked is answered as openapi.yaml says, and a generated client compiles"
