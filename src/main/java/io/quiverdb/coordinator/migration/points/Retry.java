// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.points;

import io.quiverdb.coordinator.migration.port.Time;
import io.quiverdb.coordinator.migration.step.CallContext;
import io.quiverdb.coordinator.migration.step.CallControl;
import io.quiverdb.coordinator.migration.step.CollectionChanged;
import io.quiverdb.coordinator.migration.step.ShardSkipped;
import io.quiverdb.coordinator.migration.step.StepException;
import io.quiverdb.coordinator.migration.step.StepFailed;
import io.quiverdb.coordinator.model.Shard;
import io.quiverdb.coordinator.shard.ShardException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Decides what follows a failed call to a shard: a retry after a pause, a hold until the shard is
 * back, or the end of the step. An error never counts as an answer. Not thread-safe.
 */
final class Retry {
  /** Retries with growing pauses before the migration holds. */
  private static final int MAX_QUICK_RETRIES = 8;

  /** Malformed answers before the step fails. */
  private static final int MAX_BROKEN_ANSWERS = 24;

  private static final int MAX_MISSING_ANSWERS = 4;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long MAX_PAUSE_MILLIS = 2_000;

  private final CallControl control;
  private final Time time;
  private final Shard shard;
  private final String collection;
  private int failures;
  private int broken;
  private int without;

  Retry(CallContext context, Shard shard, String collection) {
    this.control = context.control();
    this.time = context.time();
    this.shard = shard;
    this.collection = collection;
  }

  /** Call it before each try. */
  void check() {
    control.check();
    if (control.skips(shard.id())) {
      throw new ShardSkipped(shard);
    }
  }

  /** The call was answered. */
  void over() {
    if (failures > 0) {
      failures = 0;
      broken = 0;
      without = 0;
      control.back(shard.primaryUrl());
    }
  }

  /**
   * The call has failed. Returns when it may be retried.
   *
   * @throws StepFailed if a retry is useless
   * @throws CollectionChanged if the shard keeps saying that the collection does not exist
   */
  void after(ShardException e) throws StepException, InterruptedException {
    failures++;
    control.recorder().retried(e.kind().name().toLowerCase(Locale.ROOT));
    String message = String.valueOf(e.getMessage());
    switch (e.kind()) {
      case NEVER_SENT, TIMED_OUT, BUSY, UNAVAILABLE -> {
        if (failures <= MAX_QUICK_RETRIES) {
          pause(message);
        } else {
          control.hold("shard", message, List.of(shard.primaryUrl()));
        }
      }
      case FORBIDDEN, RAFT_FOLLOWER -> control.hold("shard", message, List.of(shard.primaryUrl()));
      case BROKEN -> {
        if (++broken > MAX_BROKEN_ANSWERS) {
          throw new StepFailed(message, List.of(shard.primaryUrl()));
        }
        pause(message);
      }
      case NO_COLLECTION -> {
        if (++without > MAX_MISSING_ANSWERS) {
          throw new CollectionChanged(shard, collection, message);
        }
        pause(message);
      }
      case REFUSED, EXISTS -> throw new StepFailed(message, List.of(shard.primaryUrl()));
    }
  }

  private void pause(String message) throws InterruptedException {
    control.reportWaitingAside("shard", message, List.of(shard.primaryUrl()));
    long most = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failures - 1, 10));
    // Half of the pause is random, so that several tasks do not retry at the same moment.
    long chance = ((time.nanos() ^ shard.id()) * 0x9e3779b97f4a7c15L) >>> 33;
    time.sleep(Duration.ofMillis(most / 2 + chance % (most / 2 + 1)));
  }
}
