// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of a member that is added, and a member that is described in a request. */
class JoiningTest {
  @TempDir Path folder;

  @Test
  void aMemberThatJoinsKnowsItselfAndWhomToAsk() throws Exception {
    EnsembleConfig ensemble = Written.load(folder, Written.JOINING, Map.of()).config().ensemble();
    assertEquals(List.of(URI.create("http://127.0.0.1:6345")), ensemble.join());
    assertEquals(
        List.of(
            new MemberConfig(
                "c1", new HostPort("127.0.0.1", 6336), URI.create("http://127.0.0.1:6335"))),
        ensemble.members());
  }

  @Test
  void joiningAndFoundingExcludeEachOther() {
    refused("ensemble.members", Written.JOINING.replace("  join:", "  members: []\n  join:"));
    refused("ensemble.join", Written.JOINING.replace("\"http://127.0.0.1:6345\"", ""));
    refused("node.raft", Written.JOINING.replace("raft: \"127.0.0.1:6336\", ", ""));
    refused("node.raft", Written.with("id: c1, data_dir", "id: c1, raft: \"h:1\", data_dir"));
  }

  private void refused(String key, String yaml) {
    ConfigException refused =
        assertThrows(ConfigException.class, () -> Written.load(folder, yaml, Map.of()));
    assertTrue(String.valueOf(refused.getMessage()).contains(key + ": "), refused.getMessage());
  }

  @Test
  void aMemberInARequestIsReadAsOneInAFile() {
    assertEquals(
        new MemberConfig("c4", new HostPort("h4", 6336), URI.create("http://h4:6335")),
        MemberReader.read("c4", "H4:6336", "HTTP://h4:6335/"));
    assertThrows(
        IllegalArgumentException.class, () -> MemberReader.read("c4", "h4", "http://h4:6335"));
  }
}
