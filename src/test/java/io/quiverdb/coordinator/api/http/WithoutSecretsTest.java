// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.model.HistoryEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A line of the history as callers see it. */
class WithoutSecretsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add_shard http://u:hush@s:1                 | add_shard http://...@s:1",
        "add_shard http://hush@s:1 replicas http://r | add_shard http://...@s:1 replicas http://r",
        "grow http://s:1, grow https://u:a/b@c@s:1/x | grow http://s:1, grow https://...@s:1/x",
        "register_router ops:hush@r:1                | register_router ...@r:1",
        "register_router //ops:hush@r:1              | register_router //...@r:1",
        "no: \"ops:hush@r:1\" is no URL              | no: \"...@r:1\" is no URL",
        "add_shard http://s:1/a?token=hush replicas  | add_shard http://s:1/a?... replicas",
        "add_shard http://s:1#hush                   | add_shard http://s:1#...",
        "add_shard http://s:1 replicas http://r:1... | add_shard http://s:1 replicas http://r:1...",
        "add_shard http://s:1/a replicas http://[::1]| add_shard http://s:1/a replicas http://[::1]",
        "add_member c4 raft c4:1 http http://c4:2    | add_member c4 raft c4:1 http http://c4:2",
        "stop_plan 1 step 2: why? ops@host says so   | stop_plan 1 step 2: why? ops@host says so",
      })
  void passwordsAndQueriesInUrlsAreNotShown(String text, String shown) {
    assertEquals(shown, WithoutSecrets.text(text));
    assertEquals(shown, WithoutSecrets.text(shown), "twice is once");
  }

  @Test
  void aUrlThatWasCutBeforeItsAtSignIsNotShown() {
    String cut =
        new HistoryEntry(1, 1, 1, "c1", "ops", "add_shard http://ops:" + "hush".repeat(99), "")
            .command();
    assertEquals("add_shard http://...", WithoutSecrets.text(cut));
  }
}
