// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.port;

import java.time.Duration;

/**
 * Records what the engine does, for the metrics. Thread-safe; never throws, never blocks. No
 * decision of the engine depends on it.
 */
public interface MigrationRecorder {
  /** Records nothing. */
  MigrationRecorder NONE =
      new MigrationRecorder() {
        @Override
        public void copied(long points, long bytes) {}

        @Override
        public void repaired(long points) {}

        @Override
        public void verificationRound() {}

        @Override
        public void retried(String reason) {}

        @Override
        public void barrierWaited(String routerUrl, Duration duration) {}

        @Override
        public void spilled(long points) {}

        @Override
        public void throttled(Duration duration) {}
      };

  /**
   * Points were written to their new owner, in the first round.
   *
   * @param bytes their size, as sent
   */
  void copied(long points, long bytes);

  /** Points were written or deleted again, in a later round. */
  void repaired(long points);

  /** A round that compares copies began. */
  void verificationRound();

  /**
   * A request to a shard or a router is sent again, or in smaller parts.
   *
   * @param reason one of a few stable words: {@code timeout}, {@code unreachable}, {@code busy},
   *     {@code too_large}, {@code server_error}, ...
   */
  void retried(String reason);

  /** A barrier waited for one router to confirm the map. */
  void barrierWaited(String routerUrl, Duration duration);

  /** Points were kept in a spill file before they were dropped. */
  void spilled(long points);

  /** The throttle delayed a migration. */
  void throttled(Duration duration);
}
