// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dev}. */
@Command(
    name = "dev",
    description =
        "Runs a whole cluster on this machine, in memory, until Ctrl-C or its last coordinator ends.",
    footer = {"", "Example:", "  quiver-coordinator dev --shards 2 --routers 2"})
final class DevCommand implements Callable<Integer> {
  private final DevRunner runner;

  @Option(names = "--nodes", paramLabel = "N", description = "Coordinators: 1 to 9; 3 by default.")
  private int nodes = 3;

  @Option(names = "--shards", paramLabel = "N", description = "Shards: 1 to 64; 3 by default.")
  private int shards = 3;

  @Option(names = "--routers", paramLabel = "N", description = "Routers: 0 to 16; 1 by default.")
  private int routers = 1;

  @Option(
      names = "--points",
      paramLabel = "N",
      description = "Points to begin with: 0 to 1000000; none by default.")
  private int points;

  @Option(
      names = "--base-port",
      paramLabel = "P",
      description = "The first port, 6335 by default; the others follow. 0: free ones.")
  private int basePort = 6335;

  @Option(
      names = "--dir",
      paramLabel = "D",
      description = "Where the coordinators keep their data; a temporary directory by default.")
  private @Nullable Path dir;

  DevCommand(DevRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    within("--nodes", nodes, 1, 9);
    within("--shards", shards, 1, 64);
    within("--routers", routers, 0, 16);
    within("--points", points, 0, 1_000_000);
    if (points > 0 && routers == 0) {
      throw CommandFailure.usage("--points are written through a router; start at least one");
    }
    within("--base-port", basePort, 0, 65_000);
    try {
      return runner.run(
          new DevOptions(nodes, shards, routers, points, basePort, Optional.ofNullable(dir)));
    } catch (IOException e) {
      throw new CommandFailure(
          "No cluster: " + e.getMessage(), "See --base-port and --dir: quiver-coordinator dev -h.");
    }
  }

  private static void within(String option, int value, int least, int most) throws CommandFailure {
    if (value < least || value > most) {
      throw CommandFailure.usage(option + " is " + value + "; wanted " + least + " to " + most);
    }
  }
}
