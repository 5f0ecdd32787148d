// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.util.concurrent.ScheduledExecutorService;

/** The work of a member until its ensemble has a first map. */
interface BootstrapTask {
  /** Starts to check periodically, until there is nothing left to do. */
  void begin(ScheduledExecutorService scheduler);
}
