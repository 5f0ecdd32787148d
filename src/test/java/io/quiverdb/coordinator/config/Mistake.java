// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.util.List;

/**
 * A mistake in the good file of {@link Written}.
 *
 * @param old a text of the good file
 * @param other what stands there instead
 * @param line that the message must name
 * @param message what it must say after that
 */
record Mistake(String old, String other, int line, String message) {
  static final List<Mistake> IN_THE_FILE =
      List.of(
          mistake("node: { id: c1,", "node: { idd: c1,", 1, "node.id: is missing"),
          mistake(
              "node: { id: c1,",
              "node: { id: 1,",
              1,
              "node.id: wanted text, found a whole number; put it in quotes"),
          mistake(
              "node: { id: c1,",
              "node: { id: \"c 1\",",
              1,
              "node.id: wanted 1 to 64 letters, digits, dots, dashes or underscores, found \"c 1\""),
          mistake(
              "node: { id: c1,",
              "node: { id: c9,",
              1,
              "node.id: is c9, which ensemble.members does not have; it has c1, c2, c3"),
          mistake(
              "data_dir: data/c1",
              "data_dir: \" \"",
              1,
              "node.data_dir: is blank; wanted a directory"),
          mistake(", data_dir: data/c1", "", 1, "node.data_dir: is missing"),
          mistake(
              "data_dir: data/c1",
              "data_dir: data/c1, colour: red",
              1,
              "node.colour: this key is not known; known here: data_dir, id"),
          mistake(
              "node: { id: c1, data_dir: data/c1 }",
              "node: c1",
              1,
              "node: wanted a section with keys of its own, found \"c1\""),
          mistake(
              "name: quiver",
              "name: [ a ]",
              3,
              "ensemble.name: wanted a single value, found a list"),
          mistake(
              "timing: lan",
              "timing: fast",
              8,
              "ensemble.timing: wanted lan, wan or { min: 150ms, max: 300ms }"),
          mistake(
              "timing: lan",
              "timing: { min: 300ms, max: 300ms }",
              8,
              "ensemble.timing.max: is 300ms; wanted more than min (300ms), or the members would stand for election at the same moment"),
          mistake("timing: lan", "timing: { min: 300ms }", 8, "ensemble.timing.max: is missing"),
          mistake(
              "  - { id: c2,",
              "  - { id: c1,",
              6,
              "ensemble.members[1].id: c1 is the id of another member already"),
          mistake(
              "127.0.0.1:6346",
              "127.0.0.1:6336",
              6,
              "ensemble.members[1].raft: 127.0.0.1:6336 is taken by a member already"),
          mistake(
              "127.0.0.1:6346",
              "[::ffff:127.0.0.1]:6336",
              6,
              "ensemble.members[1].raft: 127.0.0.1:6336 is taken by a member already"),
          mistake(
              "http://127.0.0.1:6345",
              "HTTP://127.0.0.1:6335/",
              6,
              "ensemble.members[1].http: 127.0.0.1:6335 is taken by a member already"),
          mistake(
              "127.0.0.1:6346",
              "127.0.0.1",
              6,
              "ensemble.members[1].raft: \"127.0.0.1\" is no address; wanted host:port with a port from 1 to 65535, such as 127.0.0.1:6335"),
          mistake(
              "127.0.0.1:6346",
              "0.0.0.0:6346",
              6,
              "ensemble.members[1].raft: 0.0.0.0:6346 is no address that the others can connect to; wanted this member's own"),
          mistake(
              "127.0.0.1:6346",
              "qc_c2:6346",
              6,
              "ensemble.members[1].raft: qc_c2:6346 has a host that cannot be called; wanted an IP address, or a name of letters, digits, hyphens and dots, without underscores, whose last part begins with a letter"),
          mistake(
              "http://127.0.0.1:6345",
              "http://qc_c2:6345",
              6,
              "ensemble.members[1].http: qc_c2:6345 has a host that cannot be called; wanted an IP address, or a name of letters, digits, hyphens and dots, without underscores, whose last part begins with a letter"),
          mistake(
              "http://127.0.0.1:6345",
              "http://10.0.0.300:6345",
              6,
              "ensemble.members[1].http: 10.0.0.300:6345 has a host that cannot be called; wanted an IP address, or a name of letters, digits, hyphens and dots, without underscores, whose last part begins with a letter"),
          mistake(
              "http://127.0.0.1:6345",
              "http://127.0.0.1:6345/x",
              6,
              "ensemble.members[1].http: is no base URL of a member; wanted http://host:port, or https://, and no path"),
          mistake(
              "http: { listen: \"127.0.0.1:6335\" }",
              "http: { listen: \"127.0.0.1:0\" }",
              9,
              "http.listen: \"127.0.0.1:0\" is no address; wanted host:port with a port from 1 to 65535, such as 127.0.0.1:6335"),
          mistake("http: { listen: \"127.0.0.1:6335\" }", "http:", 1, "http.listen: is missing"),
          mistake(
              "raft: { listen: \"127.0.0.1:6336\" }",
              "raft: { listen: \"127.0.0.1:6335\" }",
              10,
              "raft.listen: port 6335 is that of http.listen already"),
          mistake(
              "insecure: false",
              "insecure: maybe",
              12,
              "auth.insecure: wanted true or false, found \"maybe\""),
          mistake(
              "role: read",
              "role: boss",
              15,
              "auth.api_keys[1].role: wanted read or write or admin, found \"boss\""),
          mistake(", role: read", "", 15, "auth.api_keys[1].role: is missing"),
          mistake(
              "id: routers",
              "id: ops",
              15,
              "auth.api_keys[1].id: ops is the id of another key already"),
          mistake(
              "id: routers",
              "id: system",
              15,
              "auth.api_keys[1].id: \"system\" is what the ensemble calls itself; take another"),
          mistake(
              "secret: \"battery-staple\"",
              "secret: \"correct-horse\"",
              15,
              "auth.api_keys[1].secret: the keys ops and routers have the same secret"),
          mistake(
              "secret: \"battery-staple\"",
              "secret: \"\"",
              15,
              "auth.api_keys[1].secret: is empty"),
          mistake(
              "secret: \"battery-staple\"",
              "secret: 1234",
              15,
              "auth.api_keys[1].secret: wanted text, found a whole number; put it in quotes"),
          mistake(
              "secret: \"battery-staple\"",
              "secret: \"a b\"",
              15,
              "auth.api_keys[1].secret: cannot be sent in an HTTP header; wanted at most 4096 visible ASCII characters, no space among them"),
          mistake(
              ", secret: \"battery-staple\"",
              "",
              15,
              "auth.api_keys[1].secret: is missing; give secret or secret_file"),
          mistake(
              "secret: \"battery-staple\"",
              "secret: a, secret_file: b",
              15,
              "auth.api_keys[1].secret_file: give secret or secret_file, not both"),
          mistake(
              "map_version: 0",
              "map_version: -1",
              17,
              "bootstrap.map_version: wanted a whole number from 0 to 18446744073709551615, found \"-1\""),
          mistake(
              "map_version: 0",
              "map_version: 18446744073709551616",
              17,
              "bootstrap.map_version: wanted a whole number from 0 to 18446744073709551615, found \"18446744073709551616\""),
          mistake(
              "\"http://127.0.0.1:6433\"",
              "\"ftp://127.0.0.1:6433\"",
              18,
              "bootstrap.shards[1]: \"ftp://127.0.0.1:6433\" is no URL of a shard or router; wanted http://host:port"),
          mistake(
              "\"http://127.0.0.1:6433\"",
              "\"http://me:hunter2@127.0.0.1:6433\"",
              18,
              "bootstrap.shards[1]: \"http://...@127.0.0.1:6433\" is no URL of a shard or router; wanted http://host:port"),
          mistake(
              "\"http://127.0.0.1:6433\"",
              "\"http://me:hunter2/a b@127.0.0.1:6433\"",
              18,
              "bootstrap.shards[1]: \"http://...@127.0.0.1:6433\" is no URL of a shard or router; wanted http://host:port"),
          mistake(
              "\"http://127.0.0.1:6433\"",
              "\"me:hunter2@127.0.0.1:6433\"",
              18,
              "bootstrap.shards[1]: \"...@127.0.0.1:6433\" is no URL of a shard or router; wanted http://host:port"),
          mistake(
              "\"http://127.0.0.1:6433\"",
              "\"http://127.0.0.1:6333/\"",
              18,
              "bootstrap.shards[1]: http://127.0.0.1:6333/ is in bootstrap.shards[0] already"),
          mistake(
              "[ \"http://127.0.0.1:6333\", \"http://127.0.0.1:6433\" ]",
              "\"http://127.0.0.1:6333\"",
              18,
              "bootstrap.shards: wanted a list of texts, found \"http://127.0.0.1:6333\""),
          mistake(
              "0=http://127.0.0.1:7333",
              "http://127.0.0.1:7333",
              19,
              "bootstrap.replicas[0]: wanted \"<shard id>=<url>\", such as \"0=http://127.0.0.1:7333\""),
          mistake(
              "0=http://127.0.0.1:7333",
              "2=http://127.0.0.1:7333",
              19,
              "bootstrap.replicas[0]: there is no shard 2; the 2 of bootstrap.shards count from 0"),
          mistake(
              "0=http://127.0.0.1:7333",
              "0=http://127.0.0.1:6433",
              19,
              "bootstrap.replicas[0]: http://127.0.0.1:6433 is in bootstrap.shards[1] already"),
          mistake(
              "import_state: null",
              "import_state: state.json",
              20,
              "bootstrap.import_state: give shards or import_state, not both"),
          mistake(
              "routers: [ \"http://127.0.0.1:6330\" ]",
              "routers: [ \"http://r\", \"http://R:80\" ]",
              21,
              "routers[1]: http://R:80 is in routers[0] already"),
          mistake(
              "routers: [ \"http://127.0.0.1:6330\" ]",
              "routers: [ { url: x } ]",
              21,
              "routers[0]: wanted text, found a section"),
          mistake(
              "connect_timeout: 2s",
              "connect_timeout: 2",
              22,
              "shards.connect_timeout: is 2; wanted a duration from 1ms to 1h, such as 500ms, 2s or 1m"),
          mistake(
              "connect_timeout: 2s",
              "connect_timeout: 0s",
              22,
              "shards.connect_timeout: is 0s; wanted a duration from 1ms to 1h, such as 500ms, 2s or 1m"),
          mistake(
              "request_timeout: 10s",
              "request_timeout: 11s",
              22,
              "shards.request_timeout: is 11s, but a request must have ended when migration.data_timeout (10s) is over; lower the one or raise the other"),
          mistake(
              "data_timeout: 10s",
              "data_timeout: 9s",
              22,
              "shards.request_timeout: is 10s, but a request must have ended when migration.data_timeout (9s) is over; lower the one or raise the other"),
          mistake(
              "adoption: observed",
              "adoption: hoped",
              24,
              "migration.adoption: wanted observed or assumed, found \"hoped\""),
          mistake(
              "map_staleness: 2s",
              "map_staleness: 399ms",
              26,
              "migration.map_staleness: is 399ms; wanted at least 400ms, because a member proves four times in it how fresh it is"),
          mistake(
              "router_grace: 10s",
              "router_grace: 2s",
              27,
              "migration.router_grace: is 2s; wanted more than 2s, because routers ask for the map every 2s"),
          mistake(
              "round_limit: 20",
              "round_limit: 1",
              28,
              "migration.round_limit: is 1; wanted 2 to 1000"),
          mistake(
              "round_limit: 20",
              "round_limit: 2.5",
              28,
              "migration.round_limit: wanted a whole number, found \"2.5\""),
          mistake(
              "batch_bytes: 8MiB",
              "batch_bytes: 8MB",
              29,
              "migration.batch_bytes: wanted a size from 65536 to 33554432 bytes, such as 512KiB or 8MiB, found \"8MB\""),
          mistake(
              "batch_bytes: 8MiB",
              "batch_bytes: 1GiB",
              29,
              "migration.batch_bytes: is 1GiB; wanted a size from 65536 to 33554432 bytes, such as 512KiB or 8MiB"),
          mistake(
              "batch_bytes: 8MiB",
              "binary: maybe",
              29,
              "migration.binary: wanted true or false, found \"maybe\""),
          mistake(
              "level: info",
              "level: loud",
              30,
              "log.level: wanted error or warn or info or debug or trace, found \"loud\""),
          mistake(
              "format: text", "format: xml", 30, "log.format: wanted text or json, found \"xml\""),
          mistake(
              "log: {",
              "node: { id: c1 }\nlog: {",
              30,
              "node: this key occurs twice in its section"),
          mistake(
              "log: {",
              "cluster: 1\nlog: {",
              30,
              "cluster: this key is not known; known here: audit, auth, autoscale, bootstrap, ensemble, http, log, migration, node, raft, routers, routers_ca, shards, tls"),
          mistake("log: {", "---\nlog: {", 31, "a second YAML document; the file must hold one"),
          mistake(
              "name: quiver",
              "name: *other",
              3,
              "aliases (*name) are not supported; repeat the value"));

  private static Mistake mistake(String old, String other, int line, String message) {
    return new Mistake(old, other, line, message);
  }
}
