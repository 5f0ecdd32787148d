// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.model.Shard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Sizes write requests by the shard's answer time, because its clients wait meanwhile. Sizes start
 * small, grow while answers are in time, shrink when they are late, and never return to a size that
 * was refused. Thread-safe.
 */
final class Pacer {
  private static final int FIRST_ROWS = 10;

  /** A joining shard serves no searches yet; but a request has to end within the leader's lease. */
  private static final long BULK_NANOS = Duration.ofSeconds(1).toNanos();

  /** The kinds of write requests: each has its own cost for a shard. */
  enum WriteKind {
    /** {@code /points}. */
    UPSERT(1_000),
    /** {@code /points:bulk}: sized by its bytes, unless the shard takes long for so many. */
    BULK(50_000),
    /** A delete. */
    DELETE(1_000);

    private final int most;

    WriteKind(int most) {
      this.most = most;
    }
  }

  /** The most rows for a shard with replicas: a follower that lags too far never recovers. */
  private static final int MAX_ROWS_WITH_REPLICAS = 200;

  private record Key(String url, String collection, WriteKind kind) {}

  private static final class Size {
    private int rows;
    private int most;

    Size(int rows, int most) {
      this.rows = rows;
      this.most = most;
    }
  }

  private final long targetNanos;
  private final Map<Key, Size> sizes = new HashMap<>();

  /**
   * A pacer that knows nothing yet.
   *
   * @param target how long one request may hold a shard
   */
  Pacer(Duration target) {
    this.targetNanos = Math.max(1, target.toNanos());
  }

  /** How many rows the next request may have; 1 or more. */
  synchronized int rows(Shard shard, String collection, WriteKind kind) {
    return size(shard, collection, kind).rows;
  }

  /** A request of {@code rows} rows was answered after {@code nanos} ns. */
  synchronized void answered(Shard shard, String collection, WriteKind kind, int rows, long nanos) {
    Size size = size(shard, collection, kind);
    long wanted = kind == WriteKind.BULK ? Math.max(BULK_NANOS, targetNanos) : targetNanos;
    if (nanos > wanted) {
      double fits = (double) Math.max(1, rows) * wanted / nanos;
      // On a busy machine one answer may be late for other reasons than its size.
      // A short request may have waited for the one before it.
      int half = (Math.max(rows, size.rows) + 1) / 2;
      size.rows = Math.min(size.rows, Math.max(half, (int) fits));
    } else if (rows >= size.rows) {
      double fits = (double) rows * wanted / Math.max(1, nanos);
      size.rows = (int) Math.min(size.most, Math.min(2.0 * rows, Math.max(rows + 1.0, fits)));
    }
  }

  /**
   * A request of {@code rows} rows, 2 or more, was not answered in time: the next ones are half.
   */
  synchronized void late(Shard shard, String collection, WriteKind kind, int rows) {
    Size size = size(shard, collection, kind);
    size.rows = Math.max(1, Math.min(size.rows, rows / 2));
  }

  /** A request of {@code rows} rows, 2 or more, was refused: halves from here on. */
  synchronized void refused(Shard shard, String collection, WriteKind kind, int rows) {
    Size size = size(shard, collection, kind);
    size.most = Math.max(1, Math.min(size.most, rows / 2));
    size.rows = Math.min(size.rows, size.most);
  }

  private Size size(Shard shard, String collection, WriteKind kind) {
    return sizes.computeIfAbsent(
        new Key(shard.primaryUrl(), collection, kind),
        key -> {
          int most =
              shard.replicaUrls().isEmpty()
                  ? kind.most
                  : Math.min(kind.most, MAX_ROWS_WITH_REPLICAS);
          return new Size(kind == WriteKind.BULK ? most : FIRST_ROWS, most);
        });
  }
}
