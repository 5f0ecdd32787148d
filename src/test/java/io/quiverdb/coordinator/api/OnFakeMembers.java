// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

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

  @AfterAll
  static void awaitClosed() {
    CLOSING.forEach(CompletableFuture::join);
    CLOSING.clear();
  }
}
