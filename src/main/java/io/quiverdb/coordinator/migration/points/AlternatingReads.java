// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.StepException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads two groups of scans alternately. A shard takes no write while it serves a page, and a
 * client's write of a moving point goes to one group first, then to the other: if both were read at
 * once, it would wait twice. A pause between turns lets waiting writes through. Not thread-safe.
 */
final class AlternatingReads {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Time time;
  private Group now = new Group();

  AlternatingReads(Time time) {
    this.time = time;
  }

  /** A new group. */
  Group group() {
    return new Group();
  }

  /** Scans that may read at the same time. */
  final class Group {
    private final List<Scan> scans = new ArrayList<>();

    private Group() {}

    void add(Scan scan) {
      scans.add(scan);
    }

    boolean hasTurn() {
      return now == this;
    }

    /** Waits until the other group has finished reading, and starts to read. */
    void take() throws StepException, InterruptedException {
      if (hasTurn()) {
        return;
      }
      for (Scan scan : now.scans) {
        scan.awaitRead();
      }
      // Also before the first turn: the other group may just have been read for another collection.
      time.sleep(PAUSE);
      now = this;
      scans.forEach(Scan::begin);
    }
  }
}
