// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

/** Runs a whole local cluster in this process until it is interrupted. */
@FunctionalInterface
interface DevRunner {
  /**
   * Blocks until the cluster has ended.
   *
   * @return the process's exit code
   */
  int run(DevOptions options) throws Exception;
}
