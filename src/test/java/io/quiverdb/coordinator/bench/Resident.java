// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.cluster.MemberProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How much memory a member has, looked at several times a second until this is closed. */
final class Resident implements AutoCloseable {
  private static final long INTERVAL_NANOS = Duration.ofMillis(200).toNanos();

  private final MemberProcess member;
  private final Thread thread;
  private volatile long mostKib;
  private volatile boolean over;

  Resident(MemberProcess member) {
    this.member = member;
    this.thread = new Thread(this::run, "resident");
    thread.start();
  }

  private void run() {
    while (!over) {
      try {
        mostKib = Math.max(mostKib, kib(member));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  /** The most so far, MiB. */
  double mebibytes() {
    return mostKib / 1024.0;
  }

  /** Resident set of a member that runs, KiB; 0 if the system does not say. */
  static long kib(MemberProcess member) throws IOException {
    Path status = Path.of("/proc", String.valueOf(member.pid().orElseThrow()), "status");
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}
