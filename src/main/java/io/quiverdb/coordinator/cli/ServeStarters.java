// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.server.CoordinatorProcess;

/**
 * What the commands that start something start: the one place where the command line meets the
 * server and the dev cluster.
 *
 * @param serve one member
 * @param dev a local cluster
 * @param demo the story
 * @param recover reads a data directory
 */
record ServeStarters(ServeRunner serve, DevRunner dev, DemoRunner demo, RecoverRunner recover) {
  /** Those of this build. */
  static ServeStarters ofThisBuild() {
    return new ServeStarters(
        CoordinatorProcess::run, DevRun::run, DemoRun::run, ServeRecovery::read);
  }
}
