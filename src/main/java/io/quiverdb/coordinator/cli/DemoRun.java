// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.dev.demo.Demo;

/** Runs the demo on this terminal. */
final class DemoRun {
  private DemoRun() {}

  static int run() throws Exception {
    return new Demo(System.out, System.err).run() ? ExitCode.OK : ExitCode.FAILED;
  }
}
