// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.server;

import java.util.concurrent.ScheduledExecutorService;

/** What a member does until its ensemble has a first map. */
interface BootstrapTask {
  /** Starts to look, again and again, until there is nothing left to do. */
  void begin(ScheduledExecutorService scheduler);
}
