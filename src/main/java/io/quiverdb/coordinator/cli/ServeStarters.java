// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.server.CoordinatorProcess;

/**
 * The starters of commands: the only place where the command line uses the server and the dev
 * cluster.
 *
 * @param serve one member
 * @param dev a local cluster
 * @param demo the demo
 * @param recover reads a data directory
 */
record ServeStarters(ServeRunner serve, DevRunner dev, DemoRunner demo, RecoverRunner recover) {
  /** The starters of this build. */
  static ServeStarters ofThisBuild() {
    return new ServeStarters(
        CoordinatorProcess::run, DevRun::run, DemoRun::run, ServeRecovery::read);
  }
}
