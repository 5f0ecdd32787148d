package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.StepException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets two sides be read in turn, each with all its scans at once. While a page is read its shard
 * takes no write, and a client's write of a point that moves goes to one side first and to the
 * other one then: were both read at the same time, it would wait twice. Between two turns is a
 * pause in which whatever has waited on one side gets through the other. For one task.
 */
final class AlternatingReads {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private final Time time;
  private Group now = new Group();

  AlternatingReads(Time time) {
    this.time = time;
  }

  /** Another side. */
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

    /** Waits for what the side before reads, and starts to read. */
    void take() throws StepException, InterruptedException {
      if (hasTurn()) {
        return;
      }
      for (Scan scan : now.scans) {
        scan.awaitRead();
      }
      // The first turn as well: the other side may just have been read for another collection.
      time.sleep(PAUSE);
      now = this;
      scans.forEach(Scan::begin);
    }
  }
}
