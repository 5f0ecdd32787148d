// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/** A configuration file for tests: a good one, which a test then breaks. */
final class Written {
  /** Its lines are counted by the tests: add at the end only. */
  static final String GOOD =
      """
      node: { id: c1, data_dir: data/c1 }
      ensemble:
        name: quiver
        members:
          - { id: c1, raft: "127.0.0.1:6336", http: "http://127.0.0.1:6335" }
          - { id: c2, raft: "127.0.0.1:6346", http: "http://127.0.0.1:6345" }
          - { id: c3, raft: "127.0.0.1:6356", http: "http://127.0.0.1:6355" }
        timing: lan
      http: { listen: "127.0.0.1:6335" }
      raft: { listen: "127.0.0.1:6336" }
      auth:
        insecure: false
        api_keys:
          - { id: ops, role: admin, secret: "correct-horse" }
          - { id: routers, role: read, secret: "battery-staple" }
      bootstrap:
        map_version: 0
        shards: [ "http://127.0.0.1:6333", "http://127.0.0.1:6433" ]
        replicas: [ "0=http://127.0.0.1:7333" ]
        import_state: null
      routers: [ "http://127.0.0.1:6330" ]
      shards: { key: null, router_key: null, connect_timeout: 2s, request_timeout: 10s }
      migration:
        adoption: observed
        data_timeout: 10s
        map_staleness: 2s
        router_grace: 10s
        round_limit: 20
        batch_bytes: 8MiB
      log: { level: info, format: text }
      """;

  /** The same for a member that joins. */
  static final String JOINING =
      with("{ id: c1, data_dir: data/c1 }", joiningNode())
          .replaceFirst(
              "(?s)  members:\n.*?  timing", "  join: [ \"http://127.0.0.1:6345\" ]\n  timing");

  private static String joiningNode() {
    return "{ id: c1, raft: \"127.0.0.1:6336\", http: \"http://127.0.0.1:6335\", data_dir: data/c1 }";
  }

  private Written() {}

  /** GOOD with one text replaced, which must be there. */
  static String with(String old, String other) {
    if (!GOOD.contains(old)) {
      throw new IllegalArgumentException("the good file has no " + old);
    }
    return GOOD.replace(old, other);
  }

  static Path write(Path folder, String yaml) throws IOException {
    Path file = folder.resolve("c1.yaml");
    Files.writeString(file, yaml);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file;
  }

  static LoadedConfig load(Path folder, String yaml) throws IOException, ConfigException {
    return load(folder, yaml, Map.of());
  }

  static LoadedConfig load(Path folder, String yaml, Map<String, String> environment)
      throws IOException, ConfigException {
    return ConfigLoader.load(Optional.of(write(folder, yaml)), environment);
  }

  static LoadedConfig load(Map<String, String> environment) throws ConfigException {
    return ConfigLoader.load(Optional.empty(), environment);
  }
}
