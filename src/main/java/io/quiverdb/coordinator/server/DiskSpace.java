// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How much space is left where the member keeps its data, looked at now and then: a disk that hangs
 * must not hold a request. Thread-safe.
 */
final class DiskSpace {
  private static final long PERIOD_SECONDS = 10;

  private final Path folder;
  private volatile OptionalLong free = OptionalLong.empty();

  DiskSpace(Path folder) {
    this.folder = folder;
  }

  void begin(ScheduledExecutorService scheduler) {
    var unused = scheduler.scheduleWithFixedDelay(this::look, 1, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  void look() {
    try {
      free = OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
    } catch (IOException e) {
      free = OptionalLong.empty();
    }
  }

  /** Bytes; empty: not known. */
  OptionalLong free() {
    return free;
  }
}
