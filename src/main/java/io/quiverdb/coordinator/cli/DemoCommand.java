// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code demo}. */
@Command(
    name = "demo",
    description =
        "Three coordinators on this machine lose their leader and continue; with a verdict.")
final class DemoCommand implements Callable<Integer> {
  private final DemoRunner runner;

  DemoCommand(DemoRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    return runner.run();
  }
}
