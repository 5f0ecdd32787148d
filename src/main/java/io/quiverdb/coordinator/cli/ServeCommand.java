// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import io.quiverdb.coordinator.config.ConfigException;
import io.quiverdb.coordinator.config.ConfigLoader;
import io.quiverdb.coordinator.config.LoadedConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code serve}. */
@Command(
    name = "serve",
    description = "Runs one member of the ensemble, until SIGTERM.",
    footer = {
      "",
      "Without a file it is an ensemble of one member, from the environment of a single-node",
      "coordinator (QUIVER_CLUSTER_SHARDS, QUIVER_API_KEYS, QUIVER_COORDINATOR_STATE, ...).",
      "Each key of the file has a variable: http.listen is QUIVER_COORDINATOR__HTTP__LISTEN.",
      "",
      "Exit codes: 0 after SIGTERM; 2 wrong usage or configuration; 3 storage damaged or",
      "missing; 1 anything else.",
      "",
      "Examples:",
      "  quiver-coordinator serve --config /etc/quiver-coordinator/coordinator.yaml",
      "  QUIVER_INSECURE=true QUIVER_CLUSTER_SHARDS='[http://n1:6333]' quiver-coordinator serve"
    })
final class ServeCommand implements Callable<Integer> {
  private final CliEnvironment around;
  private final ServeRunner runner;

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file.")
  private @Nullable Path config;

  ServeCommand(CliEnvironment around, ServeRunner runner) {
    this.around = around;
    this.runner = runner;
  }

  @Override
  public Integer call() throws Exception {
    LoadedConfig loaded;
    try {
      loaded = ConfigLoader.load(Optional.ofNullable(config), around.environment());
    } catch (ConfigException e) {
      throw CommandFailure.configuration(e);
    }
    ServeLogging.apply(loaded.config().log());
    loaded.warnings().forEach(LoggerFactory.getLogger(ServeCommand.class)::warn);
    return runner.run(loaded.config());
  }
}
