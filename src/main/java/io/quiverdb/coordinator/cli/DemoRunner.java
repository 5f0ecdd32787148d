// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

/** Runs a cluster that loses its leader while clients write. */
@FunctionalInterface
interface DemoRunner {
  /**
   * Blocks until the demo has ended; removes all its files and processes.
   *
   * @return the process's exit code: 0 if nothing was lost
   */
  int run() throws Exception;
}
