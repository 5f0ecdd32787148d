// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.migration.step;

import io.quiverdb.coordinator.shard.ShardException;

/** Work of a step that may fail because of a shard, or because of what it finds there. */
@FunctionalInterface
public interface StepAction {
  /** Does it. */
  void run() throws ShardException, StepException, InterruptedException;
}
