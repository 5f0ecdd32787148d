// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.config.CoordinatorConfig;

/** Runs one member in this process until it ends. */
@FunctionalInterface
interface ServeRunner {
  /**
   * Blocks until the member has ended.
   *
   * @return the process's exit code: 0 after SIGTERM, 2 for a configuration that does not fit what
   *     is stored, 3 for damaged or missing storage, 1 else
   */
  int run(CoordinatorConfig config) throws Exception;
}
