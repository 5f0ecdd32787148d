// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quiverdb.coordinator.api.FakeMembers.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that ask {@link FakeMembers}, new ones for each. A server that stops waits a second for
 * clients that keep their connections; the next test does not wait for it.
 */
abstract class OnFakeMembers {
  private static final List<CompletableFuture<Void>> CLOSING = new ArrayList<>();

  @TempDir Path folder;

  FakeMembers members;

  @BeforeEach
  void start() {
    members = new FakeMembers(folder);
  }

  @AfterEach
  void close() {
    CLOSING.add(
        CompletableFuture.runAsync(members::close, task -> new Thread(task, "closer").start()));
  }

  /** Sends a change twice with one key, which begins the first of its kind once. */
  final void beginsOnce(String line, String body) {
    for (int i = 0; i < 2; i++) {
      Answer answer = members.leader(line).header("Idempotency-Key", "k1").json(body).wants(200);
      assertEquals(1, answer.json().path("id").asInt());
      assertEquals(i == 0 ? "" : "true", answer.header("Idempotent-Replay"));
    }
  }

  @AfterAll
  static void awaitClosed() {
    CLOSING.forEach(CompletableFuture::join);
    CLOSING.clear();
  }
}
