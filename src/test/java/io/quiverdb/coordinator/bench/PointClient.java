// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.bench;

import io.quiverdb.coordinator.dev.quiver.QuiverClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that writes one point after another through a router, at most a hundred a second, and
 * notes how long each write took.
 */
final class PointClient implements AutoCloseable {
  private static final int KEYS = 5_000;
  private static final long INTERVAL_NANOS = Duration.ofMillis(10).toNanos();

  private record Write(Instant begun, long nanos, boolean acknowledged) {}

  /**
   * What its writes took in a span of time, ms.
   *
   * @param failed writes that were not acknowledged
   */
  record Latencies(int writes, double p50, double p99, double longest, int failed) {}

  private final QuiverClient router;
  private final BenchPoints points;
  private final List<Write> writes = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;

  PointClient(QuiverClient router, BenchPoints points) {
    this.router = router;
    this.points = points;
    this.thread = new Thread(this::run, "client");
    thread.start();
  }

  private void run() {
    long due = System.nanoTime();
    for (int n = 0; !over; n++) {
      int key = n % KEYS;
      String body = "{\"points\":[" + points.point(BenchPoints.id(key), key + n) + "]}";
      LockSupport.parkNanos(due - System.nanoTime());
      Instant begun = Instant.now();
      long sent = System.nanoTime();
      boolean acknowledged =
          router.post("/v1/collections/" + BenchPoints.COLLECTION + "/points", body).status()
              == 200;
      long took = System.nanoTime() - sent;
      synchronized (writes) {
        writes.add(new Write(begun, took, acknowledged));
      }
      due = Math.max(due + INTERVAL_NANOS, System.nanoTime());
    }
  }

  /** The writes that began in this span. */
  Latencies between(Instant from, Instant to) {
    List<Write> within;
    synchronized (writes) {
      within =
          writes.stream()
              .filter(write -> !write.begun().isBefore(from) && write.begun().isBefore(to))
              .toList();
    }
    double[] millis = within.stream().mapToDouble(write -> write.nanos() / 1e6).sorted().toArray();
    int failed = (int) within.stream().filter(write -> !write.acknowledged()).count();
    return new Latencies(millis.length, at(millis, 0.5), at(millis, 0.99), at(millis, 1), failed);
  }

  private static double at(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}
