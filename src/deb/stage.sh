#!/bin/sh
# stage.sh VERSION TIME FOLDER: what Debian wants compressed, the same bytes in each build.
set -eu
version=$1 time=$2 folder=$3
rm -rf "$folder"
mkdir -p "$folder/man1"
cp target/share/man/man1/*.1 "$folder/man1/"
cat > "$folder/changelog" <<END
quiver-coordinator ($(printf '%s' "$version" | sed 's/-SNAPSHOT$/~snapshot/')) unstable; urgency=medium

  * See /usr/share/doc/quiver-coordinator/CHANGELOG.md.gz.

 -- The quiver-coordinator authors <quiver-coordinator@example.invalid>  $(LC_ALL=C date -u -d "$time" '+%a, %d %b %Y %H:%M:%S +0000')
END
cp CHANGELOG.md "$folder/"
# What is only sourced has no interpreter.
sed 1d target/share/bash-completion/completions/quiver-coordinator > "$folder/completion"
gzip -9n "$folder/changelog" "$folder/CHANGELOG.md" "$folder"/man1/*.1
